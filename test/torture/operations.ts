/** What the customers and the administrator do, each as a small story; the stories meet in the shop. */
import { setTimeout as wait } from 'node:timers/promises'
import type { PakasirWebhookScript } from '../../src/gateways/pakasir/simulator/webhooks.ts'
import { wholeMoney } from '../../src/kernel/money.ts'
import type { Random } from '../random.ts'
import type { Body, Client, Told } from './client.ts'
import { type Cart, type KnownOrder, type Method, type Model, money } from './model.ts'
import { ADMIN, type Stage } from './stage.ts'

export interface Cast {
  readonly stage: Stage
  readonly model: Model
  readonly client: Client
  readonly people: readonly number[]
  readonly products: readonly number[]
  /** Paths that the running shop has; stories about others are left out. */
  readonly paths: ReadonlySet<string>
  /** What goes on beside the stories: payments on their way, second thoughts. */
  readonly background: Set<Promise<void>>
  /** Names every key and every good once. */
  next(): number
}

export type Story = (cast: Cast, random: Random) => Promise<void>

interface Weighted {
  readonly story: Story
  readonly weight: number
  /** Where the shop must have this path for it. */
  readonly needs?: string
}

const STORIES: Readonly<Record<string, Weighted>> = {
  'order by QRIS': { story: (cast, random) => orderAlone(cast, random, 'qris'), weight: 20 },
  'order from the balance': {
    story: (cast, random) => orderAlone(cast, random, 'account_balance'),
    weight: 16,
  },
  'double click': { story: doubleClick, weight: 8 },
  'key of another request': { story: keyOfAnother, weight: 3 },
  'two carts at once': { story: twoCarts, weight: 12 },
  'two vouchers at once': { story: twoVouchers, weight: 8 },
  'one voucher, two people': { story: oneVoucher, weight: 8 },
  'the last items': { story: lastItems, weight: 10 },
  'load goods': { story: loadGoods, weight: 8 },
  'send again': { story: sendAgain, weight: 2 },
  'say hello': { story: sayHello, weight: 3 },
  deposit: { story: deposit, weight: 10, needs: '/deposits' },
  'two deposits at once': { story: twoDeposits, weight: 4, needs: '/deposits' },
  'adjust a balance': { story: adjust, weight: 5, needs: '/admin/users/{id}/balance' },
  refund: { story: refund, weight: 8, needs: '/orders/{invoice}/refund' },
  'ban and unban': { story: banAndUnban, weight: 2, needs: '/admin/users/{id}/ban' },
}

/** Each as often as it weighs; those that are named, or all that this shop can take part in. */
export function storiesFor(
  { paths }: Cast,
  names: readonly string[] = Object.keys(STORIES),
): readonly Story[] {
  return Object.entries(STORIES)
    .filter(([name]) => names.includes(name))
    .filter(([, { needs }]) => needs === undefined || paths.has(`/quickcart/v1${needs}`))
    .flatMap(([, { story, weight }]) => Array.from({ length: weight }, () => story))
}

async function orderAlone(cast: Cast, random: Random, method: Method): Promise<void> {
  const cart = someCart(cast, random, method)
  const order = await place(cast, random.pick(cast.people), cart, key(cast))
  if (order && method === 'qris') await fate(cast, random, order)
}

/** The same request several times at once: one order, and every answer names it. */
async function doubleClick(cast: Cast, random: Random): Promise<void> {
  const person = random.pick(cast.people)
  const cart = someCart(cast, random, random.pick(['qris', 'account_balance']))
  const same = key(cast)
  const [order] = await Promise.all([1, 2, 3].map(() => place(cast, person, cart, same)))
  if (order && cart.method === 'qris') await fate(cast, random, order)
}

async function keyOfAnother(cast: Cast, random: Random): Promise<void> {
  const person = random.pick(cast.people)
  const cart = someCart(cast, random, 'account_balance')
  const same = key(cast)
  if (!(await place(cast, person, cart, same))) return
  const [line] = cart.lines
  const other = { ...cart, lines: [{ product: line?.product ?? 0, quantity: (line?.quantity ?? 0) + 1 }] }
  const { status, body } = await cast.client.ask(person, '/orders', {
    method: 'POST',
    key: same,
    body: toBody(other),
  })
  if (status !== 409 || body.code !== 'idempotency_conflict')
    cast.model.violated(
      'idempotency',
      `another request under a used key was answered with ${status} ${body.code ?? ''}`,
    )
}

/** One person, two checkouts at once: of pending orders there is one, and no rupiah is spent twice. */
async function twoCarts(cast: Cast, random: Random): Promise<void> {
  const person = random.pick(cast.people)
  const carts = [1, 2, 3].map(() => someCart(cast, random, random.chance(0.7) ? 'qris' : 'account_balance'))
  const orders = await Promise.all(carts.map((cart) => place(cast, person, cart, key(cast))))
  await onePending(cast, person)
  for (const order of orders) if (order?.cart.method === 'qris') await fate(cast, random, order)
}

/** One person redeems two vouchers in the same moment: the pause between two must hold. */
async function twoVouchers(cast: Cast, random: Random): Promise<void> {
  const person = random.pick(cast.people)
  const codes = random.shuffled([...cast.model.vouchers.keys()]).slice(0, 3)
  const product = random.pick(cast.products)
  const carts = codes.map(
    (voucher): Cart => ({
      lines: [{ product, quantity: 1 }],
      method: 'account_balance',
      voucher,
    }),
  )
  await Promise.all(carts.map((cart) => place(cast, person, cart, key(cast))))
}

async function oneVoucher(cast: Cast, random: Random): Promise<void> {
  const voucher = random.pick([...cast.model.vouchers.keys()])
  const people = random.shuffled(cast.people).slice(0, 3)
  const method = random.pick<Method>(['qris', 'account_balance'])
  const orders = await Promise.all(
    people.map((person) =>
      place(
        cast,
        person,
        { lines: [{ product: random.pick(cast.products), quantity: 2 }], method, voucher },
        key(cast),
      ),
    ),
  )
  for (const order of orders) if (order?.cart.method === 'qris') await fate(cast, random, order)
}

/** Many people want what is nearly gone. */
async function lastItems(cast: Cast, random: Random): Promise<void> {
  const [scarce = 0] = cast.products
  const people = random.shuffled(cast.people).slice(0, 5)
  const method = random.pick<Method>(['qris', 'account_balance'])
  const orders = await Promise.all(
    people.map((person) =>
      place(cast, person, { lines: [{ product: scarce, quantity: 1 + random.int(2) }], method }, key(cast)),
    ),
  )
  for (const order of orders) if (order?.cart.method === 'qris') await fate(cast, random, order)
}

async function loadGoods(cast: Cast, random: Random): Promise<void> {
  const [scarce] = cast.products
  const product = random.pick(cast.products)
  await load(cast, product, product === scarce ? 3 : 20)
}

/** Loads new goods; goods are skipped the second time, so the same request may be sent until it is answered. */
export async function load(cast: Cast, product: number, count: number): Promise<void> {
  const contents = Array.from({ length: count }, () => `BARANG-${product}-${cast.next()}-X`)
  const known = cast.model.loaded.get(product) ?? new Set()
  cast.model.loaded.set(product, known)
  for (const content of contents) known.add(content)
  const { status, body } = await cast.client.ask(ADMIN, `/admin/products/${product}/stock`, {
    method: 'POST',
    body: { contents },
  })
  if (status !== 201)
    cast.model.violated('refused', `loading goods was answered with ${status} ${body.code ?? ''}`)
}

async function sendAgain(cast: Cast, random: Random): Promise<void> {
  const paid = [...cast.model.orders.values()].filter(({ paidTold }) => paidTold)
  if (paid.length === 0) return
  const order = random.pick(paid)
  // Each try without an answer may have been one more message.
  order.redelivered += 10
  await cast.client.ask(ADMIN, `/admin/orders/${order.invoice}/redeliver`, { method: 'POST' })
}

async function sayHello({ stage, people }: Cast, random: Random): Promise<void> {
  stage.telegram.sendText(random.pick(people), random.pick(['/start', '/stock', 'AKUN', '/help']))
}

async function deposit(cast: Cast, random: Random): Promise<void> {
  const known = await placeDeposit(cast, random.pick(cast.people), 10_000 * (1 + random.int(9)))
  if (known !== undefined) await depositFate(cast, random, known)
}

async function twoDeposits(cast: Cast, random: Random): Promise<void> {
  const person = random.pick(cast.people)
  const invoices = await Promise.all([1, 2].map(() => placeDeposit(cast, person, 20_000)))
  for (const invoice of invoices) if (invoice !== undefined) await depositFate(cast, random, invoice)
}

async function placeDeposit(cast: Cast, person: number, amount: number): Promise<string | undefined> {
  const { client, model } = cast
  const once = key(cast)
  const { status, body } = await client.ask(person, '/deposits', {
    method: 'POST',
    key: once,
    body: { amount: money(amount) },
  })
  if (body.invoice === undefined || body.code === 'pending_deposit_exists') return undefined
  const known = model.acknowledgeDeposit(once, person, amount, body.invoice)
  if (status >= 300) known.endedTold = true
  return status < 300 ? body.invoice : undefined
}

async function depositFate(cast: Cast, random: Random, invoice: string): Promise<void> {
  const known = cast.model.deposits.get(invoice)
  if (!known) return
  const chance = random.next()
  if (chance < 0.6) pay(cast, random, invoice)
  else if (chance < 0.8) {
    const { status, body } = await cast.client.ask(known.person, `/deposits/${invoice}/cancel`, {
      method: 'POST',
    })
    if (status === 200 && body.status === 'cancelled') known.endedTold = true
    if (random.chance(0.5)) pay(cast, random, invoice, true)
  }
}

async function adjust(cast: Cast, random: Random): Promise<void> {
  const person = random.pick(cast.people)
  const amount = 1_000 * (1 + random.int(20))
  const { status } = await cast.client.ask(ADMIN, `/admin/users/${person}/balance`, {
    method: 'POST',
    key: key(cast),
    body: { mode: 'add', amount: money(amount), reason: 'torture' },
  })
  if (status < 300) cast.model.adjustments.push({ person, amount })
}

/** Asked for by the owner, decided by the administrator, several times at once. */
async function refund(cast: Cast, random: Random): Promise<void> {
  const { client, model } = cast
  const paid = [...model.orders.values()].filter(({ paidTold }) => paidTold)
  if (paid.length === 0) return
  const { invoice, person } = random.pick(paid)
  const asked = await client.ask(person, `/orders/${invoice}/refund`, { method: 'POST', key: key(cast) })
  const { id, amount } = asked.body
  if (asked.status >= 300 || id === undefined || amount === undefined) return
  const known = {
    id: String(id),
    invoice,
    person,
    amount: Number(amount),
    decided: undefined as 'paid' | 'rejected' | undefined,
  }
  model.refunds.set(known.id, known)
  if (random.chance(0.2)) return
  const [first, second] = await Promise.all(
    [1, 2].map(() =>
      client.ask(ADMIN, `/admin/refunds/${known.id}/approve`, { method: 'POST', key: key(cast) }),
    ),
  )
  if ((first?.status ?? 500) < 300 || (second?.status ?? 500) < 300) known.decided = 'paid'
}

async function banAndUnban(cast: Cast, random: Random): Promise<void> {
  const person = random.pick(cast.people)
  await cast.client.ask(ADMIN, `/admin/users/${person}/ban`, { method: 'POST' })
  await cast.client.ask(ADMIN, `/admin/users/${person}/unban`, { method: 'POST' })
}

/** What an order in good faith may be refused for. */
const REFUSALS: ReadonlySet<string> = new Set([
  'out_of_stock',
  'pending_order_exists',
  'insufficient_balance',
  'amount_out_of_range',
  'voucher_invalid',
  'voucher_cooldown',
  'rate_limited',
  'banned',
  'gateway_unavailable',
  'gateway_fee_mismatch',
])

/** Orders and compares the answer with what was asked for; undefined where it was refused. */
async function place(cast: Cast, person: number, cart: Cart, once: string): Promise<KnownOrder | undefined> {
  const told = await cast.client.ask(person, '/orders', { method: 'POST', key: once, body: toBody(cart) })
  const { invoice } = told.body
  if (told.status >= 500 && invoice !== undefined) {
    // It was made, and given up when the gateway did not take it.
    cast.model.acknowledge(once, person, cart, invoice).endedTold = true
    return undefined
  }
  if (told.status >= 300 && !REFUSALS.has(told.body.code ?? ''))
    cast.model.violated('refused', `an order was answered with ${told.status} ${told.body.code ?? ''}`)
  if (told.status >= 300 || invoice === undefined) return undefined
  const order = cast.model.acknowledge(once, person, cart, invoice)
  observe(cast.model, order, told.body)
  return order
}

/** Everything that an answer says about an order must fit what was said before. */
function observe(model: Model, order: KnownOrder, body: Body): void {
  const { invoice, subtotal, discount, fee } = order
  const expected = [money(subtotal), money(discount), money(fee), money(subtotal - discount + fee)]
  const told = [body.subtotal, body.voucher_discount, body.fee, body.total]
  if (expected.join() !== told.join())
    model.violated('amounts', `${invoice} should cost ${expected.join(' ')}, and costs ${told.join(' ')}`)
  if (body.status === 'paid') {
    if (order.endedTold) model.violated('turned back', `${invoice} had ended and is paid`)
    order.paidTold = true
    const contents = (body.items ?? [])
      .flatMap((item) => item.contents ?? [])
      .sort()
      .join(' ')
    if (contents !== '') {
      order.contents ??= contents
      if (order.contents !== contents)
        model.violated('other goods', `${invoice}: ${order.contents}, then ${contents}`)
    }
  } else if (body.status === 'cancelled' || body.status === 'expired') {
    if (order.paidTold) model.violated('turned back', `${invoice} was paid and is ${body.status}`)
    order.endedTold = true
  }
}

/** What becomes of an order that waits for its money. */
async function fate(cast: Cast, random: Random, order: KnownOrder): Promise<void> {
  const { invoice, person } = order
  const chance = random.next()
  if (chance < 0.45) pay(cast, random, invoice)
  else if (chance < 0.6) {
    pay(cast, random, invoice)
    await Promise.all([cancel(cast, order), check(cast, order)])
  } else if (chance < 0.72) {
    await cancel(cast, order)
    pay(cast, random, invoice, true)
  } else if (chance < 0.8) {
    forge(cast, random, invoice)
    await check(cast, order)
  } else if (chance < 0.84) payWrong(cast, order)
  else if (chance < 0.9) await Promise.all([cancel(cast, order), cancel(cast, order)])
  // The rest is forgotten, and expires.
  if (random.chance(0.2)) await observeAgain(cast, order)
  await onePending(cast, person)
}

async function cancel(cast: Cast, order: KnownOrder): Promise<void> {
  const told = await cast.client.ask(order.person, `/orders/${order.invoice}/cancel`, { method: 'POST' })
  see(cast, order, told)
  if (told.body.code === 'order_already_paid') order.paidTold = true
}

async function check(cast: Cast, order: KnownOrder): Promise<void> {
  see(cast, order, await cast.client.ask(order.person, `/orders/${order.invoice}/check`, { method: 'POST' }))
}

async function observeAgain(cast: Cast, order: KnownOrder): Promise<void> {
  see(cast, order, await cast.client.ask(order.person, `/orders/${order.invoice}`))
}

function see({ model }: Cast, order: KnownOrder, { status, body }: Told): void {
  if (status === 200) observe(model, order, body)
  else if (status === 404) model.violated('lost', `${order.invoice} was acknowledged and is not there`)
}

async function onePending({ client, model }: Cast, person: number): Promise<void> {
  const { status, body } = await client.ask(person, '/orders?status=pending')
  const pending = body.items ?? []
  if (status === 200 && pending.length > 1)
    model.violated(
      'one pending order',
      `${person} has ${pending.map(({ invoice }) => invoice).join(' and ')}`,
    )
}

/** Pays soon, and the gateway tells of it as it likes; where it does not know the order, nothing happens. */
function pay(cast: Cast, random: Random, invoice: string, force = false): void {
  const webhook = someScript(random)
  const pause = random.pick([0, 0, 100, 700, 2_000])
  const paying = wait(pause)
    .then(() => void cast.stage.pakasir.pay(invoice, { force, webhook }))
    // Unknown to the gateway, cancelled there, or paid: there is nothing to pay.
    .catch(() => undefined)
    .finally(() => cast.background.delete(paying))
  cast.background.add(paying)
}

function payWrong({ stage }: Cast, { invoice, subtotal, discount }: KnownOrder): void {
  try {
    stage.pakasir.pay(invoice, { amount: wholeMoney('IDR', subtotal - discount + 1) })
  } catch {
    // There is nothing to pay.
  }
}

/** Whoever knows the webhook's address, or does not even, says that it was paid. */
function forge({ stage }: Cast, random: Random, invoice: string): void {
  try {
    stage.pakasir.sendWebhook(invoice, { token: random.pick(['good', 'bad', 'none']), copies: 2 })
  } catch {
    // The gateway does not know it.
  }
}

function someScript(random: Random): Partial<PakasirWebhookScript> {
  return random.pick<Partial<PakasirWebhookScript>>([
    {},
    {},
    { copies: 3 },
    { copies: 5, delayMs: 300 },
    { delayMs: 1_500 },
    { drop: true },
    { hold: true },
    { token: 'bad' },
    { token: 'none', signature: 'good' },
  ])
}

function someCart({ products, model }: Cast, random: Random, method: Method): Cart {
  const chosen = random.shuffled(products).slice(0, random.chance(0.8) ? 1 : 2)
  const lines = chosen.map((product) => ({ product, quantity: 1 + random.int(2) }))
  const voucher = random.chance(0.25) ? random.pick([...model.vouchers.keys()]) : undefined
  return voucher === undefined ? { lines, method } : { lines, method, voucher }
}

function toBody({ lines, method, voucher }: Cart) {
  return {
    items: lines.map(({ product, quantity }) => ({ product_id: product, quantity })),
    payment_method: method,
    ...(voucher === undefined ? {} : { voucher_code: voucher }),
  }
}

function key(cast: Cast): string {
  return `key-${cast.next()}`
}
