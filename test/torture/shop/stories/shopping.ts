/** What customers do at the checkout, alone and at the same moment. */
import type { Random } from '../../../random.ts'
import { type Cast, key } from '../cast.ts'
import type { Cart, Method } from '../model.ts'
import { fate, onePending, place, someCart, toBody } from './order.ts'

export async function orderAlone(cast: Cast, random: Random, method: Method): Promise<void> {
  const cart = someCart(cast, random, method)
  const order = await place(cast, random.pick(cast.people), cart, key(cast))
  if (order && method === 'qris') await fate(cast, random, order)
}

/** The same request several times at once: one order, and every answer names it. */
export async function doubleClick(cast: Cast, random: Random): Promise<void> {
  const person = random.pick(cast.people)
  const cart = someCart(cast, random, random.pick(['qris', 'account_balance']))
  const same = key(cast)
  const [order] = await Promise.all([1, 2, 3].map(() => place(cast, person, cart, same)))
  if (order && cart.method === 'qris') await fate(cast, random, order)
}

export async function keyOfAnother(cast: Cast, random: Random): Promise<void> {
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
  if (body.code === 'banned') return
  if (status !== 409 || body.code !== 'idempotency_conflict')
    cast.model.violated(
      'idempotency',
      `another request under a used key was answered with ${status} ${body.code ?? ''}`,
    )
}

/** One person, two checkouts at once: of pending orders there is one, and no rupiah is spent twice. */
export async function twoCarts(cast: Cast, random: Random): Promise<void> {
  const person = random.pick(cast.people)
  const carts = [1, 2, 3].map(() => someCart(cast, random, random.chance(0.7) ? 'qris' : 'account_balance'))
  const orders = await Promise.all(carts.map((cart) => place(cast, person, cart, key(cast))))
  await onePending(cast, person)
  for (const order of orders) if (order?.cart.method === 'qris') await fate(cast, random, order)
}

/** One person redeems two vouchers in the same moment: the pause between two must hold. */
export async function twoVouchers(cast: Cast, random: Random): Promise<void> {
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

export async function oneVoucher(cast: Cast, random: Random): Promise<void> {
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
export async function lastItems(cast: Cast, random: Random): Promise<void> {
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
