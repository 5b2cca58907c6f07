/**
 * SQL as template strings: every interpolated value becomes a parameter, never text.
 *
 *     sql`select id from orders where user_id = ${userId} and status = ${status}`
 *
 * A statement written in one piece is named by its text and so prepared once per connection, which doubles
 * the speed of small reads. One that is assembled from fragments varies and stays unnamed.
 */
import { createHash } from 'node:crypto'
import pg from 'pg'

export class Sql {
  readonly strings: readonly string[]
  readonly values: readonly unknown[]
  #text: string | undefined

  constructor(strings: readonly string[], values: readonly unknown[]) {
    this.strings = strings
    this.values = values
  }

  get text(): string {
    this.#text ??= this.strings.reduce((text, part, i) => `${text}$${i}${part}`)
    return this.#text
  }
}

/** A statement that is the same text on every call and therefore worth preparing. */
class NamedSql extends Sql {
  readonly name: string

  constructor(strings: readonly string[], values: readonly unknown[], name: string) {
    super(strings, values)
    this.name = name
  }
}

const names = new WeakMap<TemplateStringsArray, string>()

export function sql(strings: TemplateStringsArray, ...values: unknown[]): Sql {
  if (values.includes(undefined)) throw new TypeError(`undefined in ${strings.join('?')}: say null`)
  if (values.some((value) => value instanceof Sql)) return splice(strings, values)
  let name = names.get(strings)
  if (!name) {
    name = `q${createHash('sha256').update(strings.join('?')).digest('base64url').slice(0, 22)}`
    names.set(strings, name)
  }
  return new NamedSql(strings, values, name)
}

/** A quoted identifier: `sql.id('public', 'orders')`. */
sql.id = (...path: string[]): Sql => sql.raw(path.map((part) => pg.escapeIdentifier(part)).join('.'))

/** Constant text, never input. */
sql.raw = (text: string): Sql => new Sql([text], [])

/** Fragments with a separator between them, ` and ` for conditions. */
sql.join = (parts: readonly Sql[], separator = ', '): Sql => {
  const [first, ...rest] = parts
  if (!first) return sql.raw('')
  return rest.reduce((joined, part) => splice(['', separator, ''], [joined, part]), first)
}

/** A jsonb parameter; without it pg would send an array as a PostgreSQL array. */
sql.json = (value: unknown): string =>
  JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? String(v) : v))

/** The name under which the statement is prepared, if it is. */
export function statementName(query: Sql): string | undefined {
  return query instanceof NamedSql ? query.name : undefined
}

function splice(strings: readonly string[], values: readonly unknown[]): Sql {
  const text: string[] = [strings[0] ?? '']
  const flat: unknown[] = []
  const append = (part: string) => text.push(`${text.pop() ?? ''}${part}`)
  values.forEach((value, i) => {
    const after = strings[i + 1] ?? ''
    if (!(value instanceof Sql)) {
      flat.push(value)
      text.push(after)
      return
    }
    append(value.strings[0] ?? '')
    text.push(...value.strings.slice(1))
    flat.push(...value.values)
    append(after)
  })
  return new Sql(text, flat)
}
