/** Values for requests: what fits a schema, what just misses it, and what nobody in good faith would send. */
import type { Random } from '../random.ts'
import type { JsonSchema } from './openapi.ts'

/** What a field of this name may sensibly hold: ids, invoices and codes that exist. */
export type Known = (name: string, random: Random) => unknown

const TEXTS: readonly string[] = [
  '',
  ' ',
  '0',
  'null',
  'undefined',
  "' OR '1'='1",
  "'; DROP TABLE users; --",
  "\\'; select pg_sleep(9); --",
  '$1',
  '%s%n%x',
  '../../../../etc/passwd',
  '..%2f..%2f',
  'C:\\windows\\system32',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\udfff\ud800',
  '\u202Eterbalik',
  '\u200f\u200e\u2066',
  '😀'.repeat(64),
  '😀'.repeat(300),
  'ﷺ'.repeat(400),
  'e\u0301\u0301\u0301'.repeat(100),
  'a'.repeat(256),
  'a'.repeat(5_000),
  '<script>alert(1)</script>',
  '<b>&_*`[',
  '{{7*7}}#{7*7}<%= 7*7 %>',
  'x\r\nX-Injected: 1\r\n\r\n',
  '__proto__',
  'constructor',
  'toString',
  '１２３',
  '٣',
  '-1',
  '1e309',
  'NaN',
  'Infinity',
  '0x10',
  '9'.repeat(30),
  '2147483648',
  '9223372036854775808',
  '1.005',
  '0.00',
  '00000000000001.10',
  '9999-12-31',
  '0000-00-00',
  '2026-02-31T25:61:61Z',
  '2026-12-31T23:59:60Z',
  'TRX20260101AAAAAA',
  'trx20260101aaaaaa',
  '/start',
  '/add x|y|z',
  '\t\n\u000b\f',
  '\ufeff',
]

const NUMBERS: readonly number[] = [
  0,
  -0,
  -1,
  1,
  1.5,
  0.1 + 0.2,
  100,
  101,
  2 ** 31 - 1,
  2 ** 31,
  -(2 ** 31),
  2 ** 53 - 1,
  2 ** 53 + 2,
  2 ** 63,
  1e21,
  1.7e308,
  -1e308,
  5e-324,
]

/** Anything but what was asked for. */
export function hostile(random: Random): unknown {
  const kind = random.int(20)
  if (kind < 9) return random.pick(TEXTS)
  if (kind < 14) return random.pick(NUMBERS)
  return random.pick<() => unknown>([
    () => null,
    () => true,
    () => [],
    () => ({}),
    () => [random.pick(TEXTS)],
    () => ({ [random.pick(TEXTS)]: random.pick(NUMBERS) }),
    () => nested(20 + random.int(30)),
    () => Array.from({ length: 200 }, () => random.pick(NUMBERS)),
    () => ({ toString: 'x', valueOf: null, length: -1, constructor: { prototype: 1 } }),
  ])()
}

export function hostileText(random: Random): string {
  return random.pick(TEXTS)
}

function nested(depth: number): unknown {
  let value: unknown = 1
  for (let i = 0; i < depth; i++) value = i % 2 === 0 ? [value] : { a: value }
  return value
}

/** A value that the schema takes. */
export function fitting(schema: JsonSchema, name: string, known: Known, random: Random): unknown {
  const found = known(name, random)
  if (found !== undefined && random.chance(0.9)) return found
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return random.pick(schema.enum)
  if (schema.anyOf) return fitting(random.pick(schema.anyOf), name, known, random)
  switch (schema.type) {
    case 'null':
      return null
    case 'boolean':
      return random.chance(0.5)
    case 'integer':
    case 'number':
      return whole(schema, random)
    case 'array':
      return Array.from({ length: count(schema, random) }, () =>
        fitting(schema.items ?? {}, name, known, random),
      )
    case 'object':
      return fittingObject(schema, known, random)
    case 'string':
      return text(schema, random)
    default:
      return {}
  }
}

function fittingObject(schema: JsonSchema, known: Known, random: Random): Record<string, unknown> {
  const properties = Object.entries(schema.properties ?? {}).filter(
    ([name]) => schema.required?.includes(name) || random.chance(0.5),
  )
  return Object.fromEntries(properties.map(([name, part]) => [name, fitting(part, name, known, random)]))
}

function whole({ minimum = 0, maximum = 1000 }: JsonSchema, random: Random): number {
  return random.chance(0.2)
    ? random.pick([minimum, maximum])
    : minimum + random.int(Math.min(maximum - minimum + 1, 100))
}

function count({ minItems = 0, maxItems = 5 }: JsonSchema, random: Random): number {
  return Math.min(maxItems, Math.max(minItems, 1) + random.int(3))
}

function text(schema: JsonSchema, random: Random): string {
  const { pattern, minLength = 0, maxLength = 40 } = schema
  if (pattern?.includes('TRX')) return `TRX20260101${random.int(1e6).toString().padStart(6, 'Q')}`
  if (pattern?.includes('\\d{1,13}')) return `${random.int(100_000)}${random.pick(['', '.00', '.5', '.05'])}`
  if (pattern?.includes('\\d{4}-\\d{2}')) return '2026-01-01'
  if (pattern?.includes('[0-9a-f-]{36}')) return crypto.randomUUID()
  if (pattern) return String(random.int(1_000_000) + 1)
  const length = random.pick([minLength, maxLength, Math.min(maxLength, minLength + 8)])
  const letters = random.pick(['a', 'é', '字', '😀', '"', "'", '\\', '<', '%'])
  return [...letters.repeat(length)].slice(0, length).join('')
}

/** One step beside what the schema says. */
export function nearMiss(schema: JsonSchema, random: Random): unknown {
  const misses: unknown[] = []
  if (schema.minimum !== undefined)
    misses.push(schema.minimum - 1, schema.minimum - 0.5, String(schema.minimum))
  if (schema.maximum !== undefined) misses.push(schema.maximum + 1, BigInt(schema.maximum) * 1000n)
  if (schema.maxLength !== undefined)
    misses.push('a'.repeat(schema.maxLength + 1), '😀'.repeat(schema.maxLength))
  if (schema.minLength !== undefined) misses.push('a'.repeat(Math.max(0, schema.minLength - 1)))
  if (schema.maxItems !== undefined && schema.maxItems <= 1000)
    misses.push(Array.from({ length: schema.maxItems + 1 }, () => 'a'))
  if (schema.enum) misses.push(`${String(schema.enum[0])} `, String(schema.enum[0]).toUpperCase(), '')
  if (schema.pattern) misses.push('', ' 1', '1\n', '１', '-1', `${'1'.repeat(40)}`)
  return misses.length > 0 && random.chance(0.6) ? random.pick(misses) : hostile(random)
}

/** JSON in which a bigint stands as the number it is, however large. */
export function json(value: unknown): string {
  return JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? Number(part) : part)) ?? ''
}
