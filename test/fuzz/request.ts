/** One request of the run: what it is follows from the seed and its number alone, so that it can be sent again. */
import { createHmac } from 'node:crypto'
import type { Random } from '../random.ts'
import type { JsonSchema, Operation } from './openapi.ts'
import { randomUpdate } from './updates.ts'
import { fitting, hostile, hostileText, json, type Known, nearMiss } from './values.ts'
import { type Actor, SECRETS, type World } from './world.ts'

export interface FuzzRequest {
  readonly number: number
  readonly operation: Operation | undefined
  readonly actor: Actor
  /** What is wrong with it, in a word. */
  readonly attack: string
  readonly method: string
  /** Path and query, percent-encoded. */
  readonly path: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Buffer | undefined
}

/** Of these a public operation takes none. */
const REFUSED: readonly Attack[] = ['body', 'unknown field', 'content type']

type Attack =
  | 'none'
  | 'field'
  | 'unknown field'
  | 'body'
  | 'bytes'
  | 'parameter'
  | 'method'
  | 'content type'
  | 'header'

const ATTACKS: readonly Attack[] = [
  'none',
  'none',
  'none',
  'field',
  'field',
  'field',
  'field',
  'unknown field',
  'body',
  'bytes',
  'bytes',
  'parameter',
  'parameter',
  'parameter',
  'method',
  'content type',
  'header',
]

/**
 * @param isRefused sent by somebody who may not, or in a shape that nothing takes: whatever comes of it is a refusal
 */
export function buildRequest(
  world: World,
  operations: readonly Operation[],
  number: number,
  isRefused: boolean,
  random: Random,
): FuzzRequest {
  const operation = random.pick(operations)
  if (operation.path.includes('/webhooks/')) return webhook(world, operation, number, isRefused, random)
  const isGuarded = operation.needsIdentity && !operation.path.endsWith('/products')
  const strangers = world.actors.filter(({ id }) => id === undefined)
  const actor = random.pick(isRefused && isGuarded ? strangers : world.actors)
  const attack = random.pick(isRefused && !isGuarded ? REFUSED : ATTACKS)
  const known: Known = (name, chance) => world.known(name, chance)
  const headers = new Map<string, string>(Object.entries(actor.headers))
  if (operation.parameters.some(({ name }) => name.toLowerCase() === 'idempotency-key')) {
    headers.set('idempotency-key', random.chance(0.1) ? 'always-the-same' : `fuzz-${number}`)
  }
  const path = pathOf(operation, known, attack === 'parameter', random)
  const body = operation.body && bodyOf(operation.body, attack, known, random)
  if (body) headers.set('content-type', 'application/json')
  if (attack === 'content type') headers.set('content-type', random.pick(CONTENT_TYPES))
  if (attack === 'header') {
    const [name, value] = random.pick(HEADERS)
    headers.set(name, value)
  }
  const method =
    attack === 'method'
      ? random.pick(['GET', 'PUT', 'DELETE', 'PATCH', 'POST', 'OPTIONS', 'HEAD'])
      : operation.method
  return {
    number,
    operation: method === operation.method ? operation : undefined,
    actor,
    attack,
    method,
    path,
    headers: [...headers],
    body: body ?? (attack === 'bytes' ? Buffer.from('{}') : undefined),
  }
}

const CONTENT_TYPES: readonly string[] = [
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/json; charset=utf-16',
  'application/json;',
  'application/JSON',
  'application/vnd.api+json',
  'text/html',
  'x',
]

const HEADERS: readonly (readonly [string, string])[] = [
  ['authorization', 'Bearer'],
  ['authorization', 'Bearer '],
  ['authorization', 'Basic YTpi'],
  ['authorization', `Bearer ${'a.'.repeat(4000)}`],
  ['authorization', 'Bearer null'],
  ['x-api-key', "' or 1=1 --"],
  ['idempotency-key', ''],
  ['idempotency-key', 'x'.repeat(256)],
  ['idempotency-key', '\u00e9'],
  ['content-encoding', 'gzip'],
  ['accept', 'application/xml'],
  ['accept-encoding', 'gzip;q=x, *'],
  ['x-request-id', '../../../x'],
  ['x-request-id', 'a"}{"level":"error'],
  ['x-forwarded-for', "1.1.1.1, ' or 1=1"],
  ['x-forwarded-host', 'evil.example'],
  ['x-http-method-override', 'DELETE'],
  ['cookie', 'session=1; __proto__=x'],
  ['range', 'bytes=0-'],
  ['expect', '100-continue'],
  ['if-none-match', '*'],
]

function pathOf(operation: Operation, known: Known, isAttacked: boolean, random: Random): string {
  const victim = isAttacked ? random.int(operation.parameters.length + 1) : -1
  const query: string[] = []
  let path = operation.path
  for (const [i, parameter] of operation.parameters.entries()) {
    if (parameter.in === 'header') continue
    const schema = parameter.schema ?? {}
    const wild = i === victim
    const value = wild ? nearMiss(schema, random) : fitting(schema, parameter.name, known, random)
    const text = encode(typeof value === 'object' ? json(value) : String(value), random)
    if (parameter.in === 'path') path = path.replace(`{${parameter.name}}`, text.slice(0, 3000) || '%20')
    else if (wild || parameter.required || random.chance(0.3))
      query.push(`${parameter.name}=${text.slice(0, 3000)}`)
  }
  if (victim === operation.parameters.length) {
    query.push(
      random.pick([
        'x=1',
        'cursor=a&cursor=b',
        'limit[]=1',
        '__proto__[a]=1',
        '%',
        '%00=%00',
        '=',
        '&&&',
        'limit=1&limit=2',
      ]),
    )
  }
  return query.length > 0 ? `${path}?${query.join('&')}` : path
}

/** As a browser would, or twice, or with bytes that are no UTF-8. */
function encode(text: string, random: Random): string {
  const well = encodeURIComponent(text.toWellFormed())
  if (random.chance(0.03)) return `${well}%ff%fe`
  if (random.chance(0.03)) return encodeURIComponent(well)
  if (random.chance(0.02)) return `${well}%`
  return well
}

function bodyOf(schema: JsonSchema, attack: Attack, known: Known, random: Random): Buffer {
  const value = fitting(schema, '', known, random)
  switch (attack) {
    case 'field':
      return Buffer.from(json(withHostileField(schema, value, random)))
    case 'unknown field':
      return Buffer.from(json({ ...Object(value), [random.pick(UNKNOWN)]: hostile(random) }))
    case 'body':
      return Buffer.from(json(hostile(random)))
    case 'bytes':
      return brokenBytes(json(value), random)
    default:
      return Buffer.from(json(value))
  }
}

const UNKNOWN: readonly string[] = [
  'is_admin',
  'member_status',
  'account_balance',
  'user_id',
  'status',
  'constructor',
  '',
  'id',
]

/** One property somewhere in the value becomes what it must not be. */
function withHostileField(schema: JsonSchema, value: unknown, random: Random): unknown {
  if (schema.properties && typeof value === 'object' && value !== null) {
    const [name, part] = random.pick(Object.entries(schema.properties))
    const inner: unknown = Reflect.get(value, name)
    const deeper = inner !== undefined && (part.properties ?? part.items) && random.chance(0.5)
    return { ...value, [name]: deeper ? withHostileField(part, inner, random) : nearMiss(part, random) }
  }
  if (schema.items && Array.isArray(value) && value.length > 0) {
    const [first, ...rest] = value
    return [withHostileField(schema.items, first, random), ...rest]
  }
  return nearMiss(schema, random)
}

/** What is no JSON, not UTF-8, or JSON that says two things. */
function brokenBytes(text: string, random: Random): Buffer {
  return random.pick<() => Buffer>([
    () => Buffer.concat([Buffer.from(text.slice(0, -1)), Buffer.from([0xff, 0xfe, 0x7d])]),
    () => Buffer.from(text.replace(/"(\w)/, '"\xc3\x28$1'), 'latin1'),
    () => Buffer.from(text, 'utf16le'),
    () => Buffer.from(`\ufeff${text}`),
    () => Buffer.from(`${text}${text}`),
    () => Buffer.from(text.slice(0, Math.max(1, random.int(text.length)))),
    () => Buffer.from(text.replace('{', '{"__proto__":{"admin":true},')),
    () => Buffer.from(text.replace('{', '{"constructor":{"prototype":{"x":1}},')),
    () => Buffer.from(text.replace(/("\w+"):([^,}\]]+)/, '$1:$2,$1:1')),
    () => Buffer.from(text.replace(/\d+/, '1e999')),
    () => Buffer.from(text.replace(/"([^"]*)"(?=[,}\]])/, '"\\u0000$1"')),
    () => Buffer.from(text.replace(/"([^"]*)"(?=[,}\]])/, '"\\ud800$1"')),
    () => Buffer.from('['.repeat(1 + random.int(20_000))),
    () => Buffer.from(`{"a":${'{"a":'.repeat(500)}1${'}'.repeat(501)}`),
    () => Buffer.from(`"${'x'.repeat(random.pick([10, 100_000, 1_100_000]))}"`),
    () => Buffer.from(text.replace(/,/g, ',,')),
    () => Buffer.from(`${text}\u0000`),
    () => Buffer.alloc(0),
    () => Buffer.from('NaN'),
  ])()
}

/** Telegram's and the gateway's own way in, mostly with the secret that only they know. */
function webhook(
  world: World,
  operation: Operation,
  number: number,
  isRefused: boolean,
  random: Random,
): FuzzRequest {
  const isTelegram = operation.path.endsWith('/telegram')
  const content: unknown = isTelegram
    ? randomUpdate(world, number, random)
    : random.chance(0.2)
      ? hostile(random)
      : gatewayEvent(world, random)
  const body = random.chance(0.1) ? brokenBytes(json(content), random) : Buffer.from(json(content))
  const knows = !isRefused && random.chance(0.9)
  const headers: [string, string][] = [['content-type', 'application/json']]
  let path = operation.path
  if (isTelegram) {
    if (knows || random.chance(0.5))
      headers.push([
        'x-telegram-bot-api-secret-token',
        knows ? SECRETS.telegram : hostileText(random).replace(/[^\x20-\x7e]/g, '') || 'x',
      ])
  } else if (knows && random.chance(0.3)) {
    headers.push(['x-pakasir-signature', createHmac('sha256', SECRETS.pakasir).update(body).digest('hex')])
  } else if (knows) path += `?token=${SECRETS.pakasir}`
  else path += random.pick(['', '?token=', '?token=a&token=b', `?token=${SECRETS.pakasir}%00`, '?token[]=x'])
  const actor = { name: isTelegram ? 'Telegram' : 'the gateway', isAdmin: false, headers: {} }
  return {
    number,
    operation,
    actor,
    attack: knows ? 'webhook' : 'forged webhook',
    method: 'POST',
    path,
    headers,
    body,
  }
}

function gatewayEvent(world: World, random: Random): Record<string, unknown> {
  const event: Record<string, unknown> = {
    amount: random.pick([10_000, 10_000, 1, 2 ** 53]),
    order_id: world.known('invoice', random),
    project: random.chance(0.9) ? 'quickcart-sandbox' : 'somebody-else',
    status: 'completed',
    payment_method: 'qris',
    completed_at: '2026-01-01T00:00:00.000+07:00',
  }
  if (random.chance(0.6)) event[random.pick(Object.keys(event))] = hostile(random)
  return event
}
