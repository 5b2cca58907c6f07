/** Two catalogs, and each difference by name. */
import { type Catalog, type CatalogObject, type Fact, labelOf } from './catalog.ts'

export interface Difference {
  /** "column public.orders.status" */
  readonly object: string
  readonly change: 'missing' | 'extra' | 'changed'
  /** "default: expected 'pending', found nothing"; absent where the whole object is missing or extra. */
  readonly detail?: string
}

/** What `found` has otherwise than `expected`. Parts of a missing or extra table are not listed one by one. */
export function compareCatalogs(expected: Catalog, found: Catalog): Difference[] {
  const left = index(expected)
  const right = index(found)
  const missing = [...left].filter(([label]) => !right.has(label))
  const extra = [...right].filter(([label]) => !left.has(label))
  const gone = new Set([...missing, ...extra].map(([label]) => label))
  const whole = ([, object]: [string, CatalogObject]) => !parentsOf(object).some((parent) => gone.has(parent))
  return [
    ...missing.filter(whole).map(([object]): Difference => ({ object, change: 'missing' })),
    ...extra.filter(whole).map(([object]): Difference => ({ object, change: 'extra' })),
    ...[...left].flatMap(([label, object]) => {
      const other = right.get(label)
      return other ? changes(label, object.facts, other.facts) : []
    }),
  ]
}

/** "extra index public.orders.by_day", with what is otherwise. */
export function describeDifference({ change, object, detail }: Difference): string {
  return `${change} ${object}${detail === undefined ? '' : `: ${detail}`}`
}

function index(catalog: Catalog): Map<string, CatalogObject> {
  return new Map(catalog.map((object) => [labelOf(object), object]))
}

function parentsOf({ kind, schema, table }: CatalogObject): string[] {
  if (schema === undefined) return []
  if (table === undefined) return kind === 'schema' ? [] : [`schema ${schema}`]
  return [`schema ${schema}`, `table ${schema}.${table}`, `type ${schema}.${table}`]
}

function changes(
  object: string,
  expected: CatalogObject['facts'],
  found: CatalogObject['facts'],
): Difference[] {
  const facts = new Set([...Object.keys(expected), ...Object.keys(found)])
  // The type says it better.
  facts.delete('typeName')
  return [...facts].flatMap((fact): Difference[] => {
    const [before, after] = [expected[fact] ?? null, found[fact] ?? null]
    if (before === after) return []
    return [{ object, change: 'changed', detail: `${wording(fact)}${otherwise(before, after)}` }]
  })
}

/** `notNull` is a key for programs. */
function wording(fact: string): string {
  return fact.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}

/** Of a long text only the first line that differs. */
function otherwise(expected: Fact, found: Fact): string {
  const [left, right] = [lines(expected), lines(found)]
  const at = left.findIndex((line, i) => line !== right[i])
  const line = at === -1 ? left.length : at
  const where = left.length > 1 || right.length > 1 ? ` (line ${line + 1})` : ''
  return `${where}: expected ${quote(left[line])}, found ${quote(right[line])}`
}

function lines(fact: Fact): (string | undefined)[] {
  return fact === null ? [undefined] : String(fact).split('\n')
}

function quote(text: string | undefined): string {
  return text === undefined ? 'nothing' : `"${text.trim()}"`
}
