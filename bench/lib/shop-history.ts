/**
 * A shop with a past: people, products, paid orders with their goods, payments and transfers, written straight into
 * the tables with triggers silent. The books are right: the ledger verifies and the reconciliation finds nothing.
 */
import { query } from './house.ts'

export interface History {
  readonly orders: number
  /** At most 990,000: a person's bank account has six digits, and the benchmark's customers need some. */
  readonly users: number
  /** In 50 categories, ids from 1001. */
  readonly products: number
  /** Goods on sale of each product. */
  readonly stock: number
}

export const FIRST_PRODUCT = 1_001
/** One in so many orders expired unpaid. */
const EXPIRED_EVERY = 20
/** Rows of one statement; more would only use more memory. */
const STEP = 250_000

/** Until there are so many orders: what an earlier run kept is not written again. */
export async function fillHistory(
  database: string,
  { orders, users, products, stock }: History,
): Promise<void> {
  // The admin's, drawn at random, may be one of the history's.
  await query(database, `update users set bank_id = '999999' where member_status = 'admin'`)
  await fillUsers(database, users)
  await fillProducts(database, products, stock)
  const [{ last } = { last: 0 }] = await query<{ last: number }>(
    database,
    'select coalesce(max(id), 0) as last from orders',
  )
  for (let from = last; from < orders; from += STEP) {
    await fillOrders(database, from + 1, Math.min(from + STEP, orders), users, products)
    console.error(`${Math.min(from + STEP, orders).toLocaleString('en-US')} orders are there`)
  }
  await query(database, `select setval('orders_id_seq', (select max(id) from orders))`)
  await query(database, 'vacuum (analyze)')
  await query(database, 'checkpoint')
}

/** One statement after the other in one transaction, without the tables' triggers. */
async function silently(database: string, statements: readonly string[]): Promise<void> {
  await query(
    database,
    ['begin', `set local session_replication_role = replica`, ...statements, 'commit'].join(';\n'),
  )
}

async function fillUsers(database: string, users: number): Promise<void> {
  await silently(database, [
    `insert into users (id, name, bank_id, created_at)
      select 1000000 + n, 'Pelanggan ' || n, lpad(n::text, 6, '0'), now() - interval '400 days'
      from generate_series(0, ${users} - 1) n where not exists (select from users u where u.id = 1000000 + n)`,
    `insert into ledger.account (name, personal, unit, floor, striped, projected_by, projection_key)
      select 'user.' || u.id, true, 'IDR', 0, false, p.pattern, u.id::text
      from users u, ledger.projection p where u.id between 1000000 and 1999999
      on conflict (name) do nothing`,
  ])
}

async function fillProducts(database: string, products: number, stock: number): Promise<void> {
  await silently(database, [
    `insert into products (id, name, category, customer_price, reseller_price)
      select ${FIRST_PRODUCT} + n, 'Produk ' || n, 'Kategori ' || n % 50, 10000 + 1000 * (n % 90), 9500 + 1000 * (n % 90)
      from generate_series(0, ${products} - 1) n on conflict do nothing`,
    `insert into product_stocks (product_id, content)
      select p.id, 'kunci ' || p.id || '-' || n from products p, generate_series(1, ${stock}) n
      where p.id >= ${FIRST_PRODUCT}
        and not exists (select from product_stocks s where s.product_id = p.id and s.order_id is null)`,
  ])
}

/** The orders with these numbers, a thousand a day up to now, each of one unit, paid by QRIS or expired. */
async function fillOrders(
  database: string,
  from: number,
  to: number,
  users: number,
  products: number,
): Promise<void> {
  const each = `generate_series(${from}, ${to}) n`
  const fee = `floor(p.customer_price * 7 / 1000) + 310`
  const orders = `orders o join products p on p.id = ${FIRST_PRODUCT} + o.id % ${products} where o.id between ${from} and ${to}`
  const total = (account: string) => `(select id from ledger.account where name = '${account}')`
  const transfer = (leg: number, credit: string, amount: string) => `
    insert into ledger.transfer (posted_at, debit, credit, amount, id, leg, legs, kind, reference)
      select o.updated_at, ${total('gateway.pakasir')}, ${total(credit)}, (${amount} * 100)::bigint,
        ledger.id_of('order:' || o.invoice_id, ${leg}), ${leg}, 2, 'order', 'order:' || o.invoice_id
      from orders o where o.id between ${from} and ${to} and o.status = 'paid' order by o.id`
  const move = (account: string, sign: string, amount: string) => `
    update ledger.stripe s set balance = s.balance ${sign} (select coalesce(sum(${amount} * 100), 0)::bigint
        from orders o where o.id between ${from} and ${to} and o.status = 'paid')
      where s.account = ${total(account)} and s.stripe = 0`
  await silently(database, [
    `insert into orders (id, invoice_id, user_id, subtotal, payment_fee, total_bill, payment_method, status,
        created_at, updated_at)
      select n, 'TRX' || lpad(n::text, 14, '0'), 1000000 + (n::bigint * 7919) % ${users}, p.customer_price, ${fee},
        p.customer_price + ${fee}, 'qris', case when n % ${EXPIRED_EVERY} = 0 then 'expired' else 'paid' end, at, at
      from ${each} join products p on p.id = ${FIRST_PRODUCT} + n % ${products},
        lateral (select now() - interval '30 days' - (${to} - n) * interval '1 second' as at) t`,
    `insert into product_stocks (product_id, content, order_id, is_sold, created_at, updated_at)
      select p.id, 'terjual ' || o.id, o.id, true, o.created_at, o.created_at from ${orders} and o.status = 'paid'`,
    `insert into order_items (order_id, product_id, stock_id, price_per_unit)
      select s.order_id, s.product_id, s.id, p.customer_price
      from product_stocks s join products p on p.id = s.product_id where s.order_id between ${from} and ${to}`,
    `insert into order_items (order_id, product_id, stock_id, price_per_unit, released_at)
      select o.id, p.id, s.id, p.customer_price, o.created_at from orders o
      join products p on p.id = ${FIRST_PRODUCT} + o.id % ${products}
      join lateral (select s.id from product_stocks s where s.product_id = p.id and s.is_sold = false
        and s.order_id is null and s.removed_at is null order by s.created_at, s.id limit 1) s on true
      where o.id between ${from} and ${to} and o.status = 'expired'`,
    `insert into payments (invoice_id, order_id, user_id, amount, fee, total_payment, status, settled_as, expires_at,
        completed_at, created_at, updated_at)
      select o.invoice_id, o.id, o.user_id, o.subtotal, o.payment_fee, o.total_bill,
        case o.status when 'paid' then 'completed' else 'expired' end,
        case o.status when 'paid' then 'order' end, o.created_at + interval '10 minutes',
        case o.status when 'paid' then o.created_at end, o.created_at, o.created_at
      from orders o where o.id between ${from} and ${to}`,
    transfer(1, 'sales', 'o.subtotal'),
    transfer(2, 'gateway.fees', 'o.payment_fee'),
    move('gateway.pakasir', '-', 'o.total_bill'),
    move('sales', '+', 'o.subtotal'),
    move('gateway.fees', '+', 'o.payment_fee'),
  ])
}
