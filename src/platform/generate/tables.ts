/** Row types, unions of allowed words and lifecycles of a database, written from its catalog. */
import type { Lifecycle } from '../lifecycle/mermaid.ts'
import type { Catalog, Column } from './catalog.ts'

/** How each PostgreSQL type arrives; see `postgres/types.ts`. */
const TYPES: Readonly<Record<string, string>> = {
  bool: 'boolean',
  int2: 'number',
  int4: 'number',
  int8: 'bigint',
  numeric: 'Decimal',
  float8: 'number',
  text: 'string',
  varchar: 'string',
  bpchar: 'string',
  name: 'string',
  uuid: 'Uuid',
  inet: 'string',
  date: 'string',
  time: 'string',
  timestamptz: 'Date',
  timestamp: 'Date',
  interval: 'string',
  jsonb: 'unknown',
  json: 'unknown',
  bytea: 'Buffer',
  oid: 'number',
}

export function writeTables(database: string, catalog: Catalog): string {
  const tables = [...new Set(catalog.columns.map((column) => column.table))]
  const words = allowedWords(catalog)
  const body = [
    ...words.map(({ type, values }) => union(type, values)),
    ...catalog.enums.map(({ name, labels }) => union(pascal(name), labels)),
    ...tables.map((table) => tableType(table, catalog, words)),
    ...catalog.lifecycles.map(lifecycle),
  ].join('\n')
  const imports = [
    body.includes('Uuid') ? `import type { Uuid } from '@niaga/kernel/ids'` : '',
    body.includes('Decimal') ? `import type { Decimal } from '@niaga/kernel/money'` : '',
  ].filter((line) => line !== '')
  const heading = `/** The tables of ${database}. Generated from its catalog by \`npm run generate\`: never edit. */`
  return `${[heading, ...imports].join('\n')}\n\n${body}`
}

interface Words {
  readonly table: string
  readonly column: string
  readonly type: string
  readonly values: readonly string[]
}

/** Columns whose CHECK lists what they may hold: `status IN ('pending','paid')`. */
function allowedWords(catalog: Catalog): Words[] {
  const list = /^CHECK \(\(?\(?(\w+)\)?(?:::text)? = ANY \(\(?ARRAY\[(.+)\](?:::text\[\])?\)?\)\)?\)$/
  return catalog.constraints.flatMap(({ table, kind, definition }) => {
    const [, column, items] = kind === 'c' ? (list.exec(definition) ?? []) : []
    if (!column || !items) return []
    const values = [...items.matchAll(/'([^']*)'/g)].map((match) => match[1] ?? '')
    return [{ table, column, type: `${pascal(table)}${pascal(column)}`, values }]
  })
}

function union(type: string, values: readonly string[]): string {
  return `export type ${type} = ${values.map((value) => `'${value}'`).join(' | ')}\n`
}

function tableType(table: string, { columns, enums }: Catalog, words: readonly Words[]): string {
  const own = columns.filter((column) => column.table === table)
  const lines = own.map((column) => {
    const listed = words.find((word) => word.table === table && word.column === column.name)
    return `  ${column.name}: ${listed?.type ?? typeOf(column, enums)}${column.notNull ? '' : ' | null'}`
  })
  return `export interface ${pascal(table)}Row {\n${lines.join('\n')}\n}\n`
}

function typeOf({ type, typeName, table, name }: Column, enums: Catalog['enums']): string {
  const array = typeName.startsWith('_')
  const element = array ? typeName.slice(1) : typeName
  const found = TYPES[element] ?? (enums.some((one) => one.name === element) ? pascal(element) : undefined)
  if (!found) throw new Error(`${table}.${name}: no TypeScript type is known for ${type}`)
  return array ? `${found}[]` : found
}

/** Which state may follow which; final states map to nothing. */
function lifecycle({ table, column, initial, transitions }: Lifecycle): string {
  const states = new Set([...initial, ...Object.keys(transitions), ...Object.values(transitions).flat()])
  const lines = [...states].map((state) => {
    const followers = transitions[state] ?? []
    // No state at all is one, too: a column that is null.
    return `  ${state === '' ? "''" : state}: [${followers.map((follower) => `'${follower}'`).join(', ')}],`
  })
  const name = `${camel(table)}${pascal(column)}Lifecycle`
  return `export const ${name} = {\n${lines.join('\n')}\n} as const\n`
}

function pascal(name: string): string {
  return name.replace(/(?:^|_)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

function camel(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}
