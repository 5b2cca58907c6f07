/** The migrated catalog as one SQL text: the best review of a migration is this file's difference. */
import type { Catalog } from './catalog.ts'

export function writeSchema(database: string, catalog: Catalog): string {
  const tables = [...new Set(catalog.columns.map((column) => column.table))]
  return [
    `-- The schema public of ${database}. Generated from its catalog by \`npm run generate\`: never edit.`,
    ...tables.map((table) => tableText(table, catalog)),
    ...catalog.functions.map(({ signature }) => `-- function ${signature.replace(/\s+/g, ' ')}`),
    '',
  ].join('\n')
}

function tableText(table: string, catalog: Catalog): string {
  const of = <T extends { table: string }>(rows: readonly T[]) => rows.filter((row) => row.table === table)
  const columns = of(catalog.columns).map((column) =>
    [
      `  ${column.name} ${column.type}`,
      column.identity === ''
        ? ''
        : `generated ${column.identity === 'a' ? 'always' : 'by default'} as identity`,
      column.default === null ? '' : `default ${column.default}`,
      column.notNull ? 'not null' : '',
    ]
      .filter((part) => part !== '')
      .join(' '),
  )
  const constraints = of(catalog.constraints).map(
    ({ name, definition }) => `  constraint ${name} ${definition}`,
  )
  return [
    '',
    `create table ${table} (`,
    [...columns, ...constraints].join(',\n'),
    ');',
    ...of(catalog.indexes).map(({ definition }) => `${definition.replace('ON public.', 'ON ')};`),
    ...of(catalog.triggers).map(({ definition }) => `${definition};`),
  ].join('\n')
}
