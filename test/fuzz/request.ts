/** One request of the run: what it is follows from the seed and its number alone, so that it can be sent again. */
import { createHmac } from 'node:crypto'
import type { Random } from '../random.ts'
import type { Actor } from './business.ts'
import type { JsonSchema, Operation } from './openapi.ts'
import { randomUpdate } from './updates.ts'
import { fitting, hostile, hostileText, json, type Known, nearMiss } from './values.ts'
import { businessOf, SECRETS, type World } from './world.ts'

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
  if (WEBHOOK.test(operation.path)) return webhook(world, operation, number, isRefused, random)
  const business = businessOf(world, operation.path)
  const isGuarded = operation.needsIdentity && !operation.path.endsWith('/products')
  const actor = random.pick(
    isRefused && isGuarded ? strangersTo(world, operation) : somebody(world, operation),
  )
  const attack = random.pick(isRefused && !isGuarded ? REFUSED : ATTACKS)
  const known: Known = (name, chance) => business.known(name, chance)
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

const WEBHOOK = /^(\/(quickcart|userstate)\/v1)?\/webhooks\//

/** Whoever is in its system, and now and then somebody of the other one. */
function somebody(world: World, { path }: Operation): readonly Actor[] {
  const { shop, wallet } = world
  const own = businessOf(world, path)
  return [...own.actors, ...own.actors, ...(own === shop ? wallet : shop).actors]
}

/** Whom its system does not know, everybody of the other one among them, and who is not staff where staff alone may. */
function strangersTo(world: World, { path }: Operation): readonly Actor[] {
  const { shop, wallet } = world
  const own = businessOf(world, path)
  const strangers = own.actors.filter(({ id }) => id === undefined)
  const others = (own === shop ? wallet : shop).actors
  const people = own.actors.filter(({ name }) => name === 'dimas' || name === 'eko')
  return [...strangers, ...strangers, ...others, ...(path.includes('/v1/admin/') ? people : [])]
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
    const value = wild
      ? nearMiss(schema, random)
      : fitting(schema, nameIn(operation.path, parameter.name), known, random)
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

/** With the word before it: "topups/id". */
function nameIn(path: string, name: string): string {
  const words = path.split('/')
  const at = words.indexOf(`{${name}}`)
  return at < 1 ? name : `${words[at - 1]}/${name}`
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

/** Telegram's and the gateways' own ways in, mostly with the secret that only they know. */
function webhook(
  world: World,
  operation: Operation,
  number: number,
  isRefused: boolean,
  random: Random,
): FuzzRequest {
  const { name, content, prove } = senderOf(world, operation, number, random)
  const body = random.chance(0.1) ? brokenBytes(json(content), random) : Buffer.from(json(content))
  const knows = !isRefused && random.chance(0.9)
  const { query = '', header } = prove(knows, body)
  return {
    number,
    operation,
    actor: { name, seesAll: false, headers: {} },
    attack: knows ? 'webhook' : 'forged webhook',
    method: 'POST',
    path: `${operation.path}${query}`,
    headers: [['content-type', 'application/json'], ...(header ? [header] : [])],
    body,
  }
}

interface Sender {
  readonly name: string
  readonly content: unknown
  /** What shows that it is them, or does not. */
  prove(
    knows: boolean,
    body: Buffer,
  ): { readonly query?: string; readonly header?: readonly [string, string] }
}

function senderOf(world: World, { path }: Operation, number: number, random: Random): Sender {
  const event = (make: (world: World, random: Random) => unknown) =>
    random.chance(0.2) ? hostile(random) : make(world, random)
  const guess = () => hostileText(random).replace(/[^\x20-\x7e]/g, '') || 'x'
  if (path.endsWith('/telegram')) {
    const name = 'x-telegram-bot-api-secret-token'
    return {
      name: 'Telegram',
      content: randomUpdate(world.shop, number, random),
      prove: (knows) =>
        knows || random.chance(0.5) ? { header: [name, knows ? SECRETS.telegram : guess()] } : {},
    }
  }
  if (path.includes('/xendit/'))
    return {
      name: 'Xendit',
      content: event(path.endsWith('/payouts') ? payoutEvent : invoiceEvent),
      prove: (knows) =>
        knows || random.chance(0.5) ? { header: ['x-callback-token', knows ? SECRETS.xendit : guess()] } : {},
    }
  return {
    name: 'the gateway',
    content: event(gatewayEvent),
    prove(knows, body) {
      if (!knows)
        return {
          query: random.pick([
            '',
            '?token=',
            '?token=a&token=b',
            `?token=${SECRETS.pakasir}%00`,
            '?token[]=x',
          ]),
        }
      const signature = createHmac('sha256', SECRETS.pakasir).update(body).digest('hex')
      return random.chance(0.3)
        ? { header: ['x-pakasir-signature', signature] }
        : { query: `?token=${SECRETS.pakasir}` }
    },
  }
}

function gatewayEvent({ shop }: World, random: Random): Record<string, unknown> {
  return spoiled(
    {
      amount: random.pick([10_000, 10_000, 1, 2 ** 53]),
      order_id: shop.known('invoice', random),
      project: random.chance(0.9) ? 'quickcart-sandbox' : 'somebody-else',
      status: 'completed',
      payment_method: 'qris',
      completed_at: '2026-01-01T00:00:00.000+07:00',
    },
    random,
  )
}

function invoiceEvent({ wallet }: World, random: Random): Record<string, unknown> {
  return spoiled(
    {
      id: wallet.known('xendit_invoice', random),
      external_id: wallet.known('invoice', random),
      status: random.pick(['PAID', 'PAID', 'SETTLED', 'EXPIRED']),
      amount: random.pick([40_000, 100_000, 1]),
      currency: 'IDR',
    },
    random,
  )
}

function payoutEvent(_: World, random: Random): Record<string, unknown> {
  const data = { id: `disb-${random.int(5)}`, reference_id: `PO-${random.int(5)}`, status: 'SUCCEEDED' }
  return spoiled(
    { event: 'payout.succeeded', data: random.chance(0.5) ? data : spoiled(data, random) },
    random,
  )
}

function spoiled(event: Record<string, unknown>, random: Random): Record<string, unknown> {
  return random.chance(0.6) ? { ...event, [random.pick(Object.keys(event))]: hostile(random) } : event
}
