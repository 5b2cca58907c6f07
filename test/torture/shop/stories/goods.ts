/** Goods come in, and go out again. */
import type { Random } from '../../../random.ts'
import { ADMIN } from '../../stage.ts'
import type { Cast } from '../cast.ts'

export async function loadGoods(cast: Cast, random: Random): Promise<void> {
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

export async function sendAgain(cast: Cast, random: Random): Promise<void> {
  const paid = [...cast.model.orders.values()].filter(({ paidTold }) => paidTold)
  if (paid.length === 0) return
  const order = random.pick(paid)
  // Each try without an answer may have been one more message.
  order.redelivered += 10
  await cast.client.ask(ADMIN, `/admin/orders/${order.invoice}/redeliver`, { method: 'POST' })
}
