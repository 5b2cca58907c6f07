/** How PostgreSQL's types arrive in TypeScript: exact, or not at all. */
import pg from 'pg'

const { builtins } = pg.types
const INT8_ARRAY = 1016

const parsers = new Map<number, (text: string) => unknown>([
  [builtins.INT8, BigInt],
  // "30520.00": money is parsed by the kernel, a float would lose cents.
  [builtins.NUMERIC, String],
  // A calendar day has no time zone; a Date would invent one.
  [builtins.DATE, String],
  [
    INT8_ARRAY,
    (text) =>
      text
        .slice(1, -1)
        .split(',')
        .filter((part) => part !== '')
        .map((part) => (part === 'NULL' ? null : BigInt(part))),
  ],
])

export const customTypes: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => parsers.get(oid) ?? pg.types.getTypeParser(oid, format ?? 'text'),
}
