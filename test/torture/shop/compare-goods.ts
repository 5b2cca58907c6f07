/** Goods and vouchers: each sold or redeemed once, and in the chat of who paid for it. */
import { sql } from '../../../src/postgres/sql.ts'
import type { Stage } from '../stage.ts'
import type { OrderRow } from './compare-payments.ts'
import type { Model } from './model.ts'

export async function compareGoods(
  { db }: Stage,
  model: Model,
  rows: ReadonlyMap<string, OrderRow>,
): Promise<void> {
  const goods = await db.many<{ product: number; content: string; state: string }>(sql`
    select product_id as product, content,
      case when is_sold then 'sold' when order_id is not null then 'reserved' else 'available' end as state
    from product_stocks`)
  const there = new Map<number, Map<string, string>>()
  for (const { product, content, state } of goods) {
    const known = there.get(product) ?? new Map<string, string>()
    if (known.has(content)) model.violated('goods', `${content} is there twice`)
    there.set(product, known.set(content, state))
    if (state === 'reserved') model.violated('stuck', `${content} is still reserved`)
  }
  for (const [product, loaded] of model.loaded) {
    const known = there.get(product)
    if (known?.size !== loaded.size)
      model.violated('goods', `product ${product} has ${known?.size ?? 0} goods of ${loaded.size} loaded`)
  }
  const owners = new Map<string, string>()
  for (const { invoice, goods: sold } of rows.values()) {
    for (const content of sold) {
      const other = owners.get(content)
      if (other !== undefined) model.violated('sold twice', `${content} to ${other} and ${invoice}`)
      owners.set(content, invoice)
    }
  }
  const counts = await db.many<{ id: number; counted: number; sold: number }>(sql`
    select p.id, p.sold_count as counted, count(s.id)::int as sold
      from products p left join product_stocks s on s.product_id = p.id and s.is_sold group by p.id`)
  for (const { id, counted, sold } of counts)
    if (counted !== sold) model.violated('goods', `product ${id} counts ${counted} sold, and sold ${sold}`)
}

export async function compareVouchers(
  { db, clock }: Stage,
  model: Model,
  rows: ReadonlyMap<string, OrderRow>,
): Promise<void> {
  const vouchers = await db.many<{ code: string; used: boolean; invoice: string | null }>(sql`
    select v.code, v.is_used as used, o.invoice_id as invoice
      from vouchers v left join orders o on o.id = v.order_id`)
  const users = new Map<string, string[]>()
  for (const { invoice, cart } of model.orders.values()) {
    if (cart.voucher === undefined || rows.get(invoice)?.status !== 'paid') continue
    users.set(cart.voucher, [...(users.get(cart.voucher) ?? []), invoice])
  }
  const there = new Set(vouchers.map(({ code }) => code))
  for (const code of model.vouchers.keys()) {
    const isOver = (model.vouchersEnd.get(code) ?? Number.POSITIVE_INFINITY) < clock.now().getTime()
    if (!there.has(code) && !isOver) model.violated('lost', `voucher ${code} is not there`)
  }
  for (const { code, used, invoice } of vouchers) {
    if (!model.vouchers.has(code)) model.violated('doubled', `nobody was told of voucher ${code}`)
    const paid = users.get(code) ?? []
    if (paid.length > 1) model.violated('voucher', `${code} paid for ${paid.join(' and ')}`)
    if (used !== paid.length > 0 || (invoice ?? undefined) !== paid[0])
      model.violated(
        'voucher',
        `${code}: used ${used} in ${invoice}, redeemed with ${paid.join(' and ') || 'nothing'}`,
      )
  }
  const close = await db.many<{ user_id: bigint; code: string }>(sql`
    select a.used_by as user_id, a.code from vouchers a join vouchers b
      on a.used_by = b.used_by and a.id <> b.id and b.used_at >= a.used_at
      and b.used_at < a.used_at + interval '5 minutes' and (a.used_at, a.id) < (b.used_at, b.id)`)
  // An order that reserved its voucher before may still be paid within the pause of another.
  for (const { user_id, code } of close) {
    const both = [...model.orders.values()].filter(
      ({ person, cart, invoice }) =>
        person === Number(user_id) &&
        cart.voucher === code &&
        cart.method === 'account_balance' &&
        rows.has(invoice),
    )
    if (both.length > 0) await balancePause(db, model, user_id, code)
  }
}

/** Two vouchers paid from the balance are checked and redeemed in one moment each: five minutes lie between. */
async function balancePause(db: Stage['db'], model: Model, person: bigint, code: string): Promise<void> {
  const { near } = await db.one<{ near: number }>(sql`
    select count(*)::int as near from vouchers a
      join vouchers b on b.used_by = a.used_by and b.id <> a.id
      join orders o on o.id = b.order_id and o.payment_method = 'account_balance'
      where a.code = ${code} and a.used_by = ${person}
        and b.used_at >= a.used_at and b.used_at < a.used_at + interval '5 minutes'`)
  if (near > 0)
    model.violated('voucher pause', `${person} redeemed another voucher within five minutes of ${code}`)
}

/** Each paid order's goods are in its owner's chat, and no other goods are in anybody's. */
export function compareChats({ telegram }: Stage, model: Model, rows: ReadonlyMap<string, OrderRow>): void {
  const seen = new Map<number, Set<string>>()
  for (const person of model.opening.keys()) {
    const { messages, deleted } = telegram.chat(person)
    const words = [...messages, ...deleted].flatMap(({ text = '' }) => text.match(/BARANG-\d+-\d+-X/g) ?? [])
    seen.set(person, new Set(words))
  }
  const due = new Map<number, Set<string>>()
  for (const { person, status, goods, invoice } of rows.values()) {
    if (status !== 'paid') continue
    const chat = due.get(Number(person)) ?? new Set<string>()
    due.set(Number(person), chat)
    for (const content of goods) {
      chat.add(content)
      if (!seen.get(Number(person))?.has(content)) model.violated('not delivered', `${content} of ${invoice}`)
    }
  }
  for (const [person, words] of seen)
    for (const word of words)
      if (!due.get(person)?.has(word)) model.violated('delivered to a stranger', `${word} to ${person}`)
}
