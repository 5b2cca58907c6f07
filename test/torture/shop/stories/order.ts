/** One order: placed, paid or given up, and never otherwise than it was told. */
import type { Random } from '../../../random.ts'
import type { Cast } from '../cast.ts'
import type { Body, Told } from '../desk.ts'
import { type Cart, type KnownOrder, type Method, type Model, money } from '../model.ts'
import { forge, pay, payWrong } from './payer.ts'

export function someCart({ products, model }: Cast, random: Random, method: Method): Cart {
  const chosen = random.shuffled(products).slice(0, random.chance(0.8) ? 1 : 2)
  const lines = chosen.map((product) => ({ product, quantity: 1 + random.int(2) }))
  const voucher = random.chance(0.25) ? random.pick([...model.vouchers.keys()]) : undefined
  return voucher === undefined ? { lines, method } : { lines, method, voucher }
}

export function toBody({ lines, method, voucher }: Cart) {
  return {
    items: lines.map(({ product, quantity }) => ({ product_id: product, quantity })),
    payment_method: method,
    ...(voucher === undefined ? {} : { voucher_code: voucher }),
  }
}

/** What an order in good faith may be refused for. */
const REFUSALS: ReadonlySet<string> = new Set([
  'out_of_stock',
  'pending_order_exists',
  'insufficient_balance',
  'amount_out_of_range',
  'voucher_invalid',
  'voucher_expired',
  'voucher_cooldown',
  'rate_limited',
  'banned',
  'gateway_unavailable',
  'gateway_fee_mismatch',
])

/** Orders and compares the answer with what was asked for; undefined where it was refused. */
export async function place(
  cast: Cast,
  person: number,
  cart: Cart,
  once: string,
): Promise<KnownOrder | undefined> {
  const told = await cast.client.ask(person, '/orders', { method: 'POST', key: once, body: toBody(cart) })
  const { invoice } = told.body
  if (told.status >= 500 && invoice !== undefined) {
    // It was made, and given up when the gateway did not take it.
    cast.model.acknowledge(once, person, cart, invoice, now(cast)).endedTold = true
    return undefined
  }
  if (told.status >= 300 && !REFUSALS.has(told.body.code ?? ''))
    cast.model.violated('refused', `an order was answered with ${told.status} ${told.body.code ?? ''}`)
  if (told.status >= 300 || invoice === undefined) return undefined
  const order = cast.model.acknowledge(once, person, cart, invoice, now(cast))
  observe(cast.model, order, told.body)
  return order
}

function now({ stage }: Cast): number {
  return stage.clock.now().getTime()
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
export async function fate(cast: Cast, random: Random, order: KnownOrder): Promise<void> {
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

export async function onePending({ client, model }: Cast, person: number): Promise<void> {
  const { status, body } = await client.ask(person, '/orders?status=pending')
  const pending = body.items ?? []
  if (status === 200 && pending.length > 1)
    model.violated(
      'one pending order',
      `${person} has ${pending.map(({ invoice }) => invoice).join(' and ')}`,
    )
}
