/** Reading orders; every statement that changes one is a SQL function of `db_store1`. */
import { parseMoney } from '../../../kernel/money.ts'
import type { Db } from '../../../postgres/database.ts'
import { type Sql, sql } from '../../../postgres/sql.ts'
import { type UserId, userId } from '../accounts/user-id.ts'
import type { OrderItemsRow, OrdersRow, ProductsRow } from '../databases/db_store1/tables.ts'
import { type PaymentColumns, toPaymentView } from '../payments/payment-view.ts'
import type { OrderItemView, OrderStatus, OrderView } from './order-view.ts'

type Order = Pick<
  OrdersRow,
  | 'id'
  | 'invoice_id'
  | 'user_id'
  | 'subtotal'
  | 'voucher_discount'
  | 'payment_fee'
  | 'total_bill'
  | 'payment_method'
  | 'status'
  | 'created_at'
>

type OrderRow = Order & PaymentColumns

interface ItemRow extends Pick<OrderItemsRow, 'order_id' | 'product_id' | 'price_per_unit'> {
  readonly product_name: ProductsRow['name']
  readonly quantity: number
  readonly contents: readonly string[] | null
}

/** Whose goods may be shown: the owner's own where paid, everybody's, nobody's. */
export type ContentsFor = UserId | 'everybody' | 'nobody'

export async function selectOrder(
  db: Db,
  invoice: string,
  contentsFor: ContentsFor,
): Promise<OrderView | undefined> {
  // In one piece, unlike the lists below, so that it is prepared: every order and every look at one runs it.
  const rows = await db.many<OrderRow>(sql`
    select o.id, o.invoice_id, o.user_id, o.subtotal, o.voucher_discount, o.payment_fee, o.total_bill,
        o.payment_method, o.status, o.created_at, p.status as payment_status, p.amount as payment_amount, p.fee,
        p.total_payment, p.qr_string, p.checkout_url, p.expires_at, p.chat_id, p.message_id
      from orders o left join payments p on p.order_id = o.id
      where o.invoice_id = ${invoice}`)
  return (await withItems(db, rows, contentsFor))[0]
}

export async function selectPendingOrder(db: Db, owner: UserId): Promise<OrderView | undefined> {
  const rows = await db.many<OrderRow>(orders(sql`o.user_id = ${owner} and o.status = 'pending'`, sql``))
  return (await withItems(db, rows, 'nobody'))[0]
}

export interface OrderFilter {
  readonly owner?: UserId
  readonly status?: OrderStatus
  /** Only orders older than the one with this number. */
  readonly beforeId?: number
  readonly limit: number
}

/** Newest first, one row more than `limit` where there are more. */
export async function selectOrders(db: Db, filter: OrderFilter): Promise<readonly ListedOrder[]> {
  const { owner, status, beforeId, limit } = filter
  const conditions = [
    ...(owner === undefined ? [] : [sql`o.user_id = ${owner}`]),
    ...(status === undefined ? [] : [sql`o.status = ${status}`]),
    ...(beforeId === undefined ? [] : [sql`o.id < ${beforeId}::bigint`]),
  ]
  const where = conditions.length > 0 ? sql.join(conditions, ' and ') : sql`true`
  const rows = await db.many<OrderRow>(orders(where, sql`order by o.id desc limit ${limit + 1}`))
  const views = await withItems(db, rows, 'nobody')
  return views.map((view, i) => ({ view, id: rows[i]?.id ?? 0 }))
}

/** With the number that orders them. */
export interface ListedOrder {
  readonly view: OrderView
  readonly id: number
}

function orders(where: Sql, tail: Sql): Sql {
  return sql`
    select o.id, o.invoice_id, o.user_id, o.subtotal, o.voucher_discount, o.payment_fee, o.total_bill,
        o.payment_method, o.status, o.created_at, p.status as payment_status, p.amount as payment_amount, p.fee,
        p.total_payment, p.qr_string, p.checkout_url, p.expires_at, p.chat_id, p.message_id
      from orders o left join payments p on p.order_id = o.id
      where ${where} ${tail}`
}

async function withItems(
  db: Db,
  rows: readonly OrderRow[],
  contentsFor: ContentsFor,
): Promise<readonly OrderView[]> {
  if (rows.length === 0) return []
  const shown = rows.filter(
    (row) => contentsFor === 'everybody' || (contentsFor === row.user_id && row.status === 'paid'),
  )
  const items = await selectItems(
    db,
    rows.map((row) => row.id),
    shown.map((row) => row.id),
  )
  return rows.map((row) => toView(row, items.filter((item) => item.order_id === row.id).map(toItem)))
}

/**
 * Released items are part of the history of an order that expired. Goods that nobody is to see do not even
 * leave the database.
 */
async function selectItems(
  db: Db,
  orderIds: readonly number[],
  shownIds: readonly number[],
): Promise<readonly ItemRow[]> {
  return db.many<ItemRow>(sql`
    select i.order_id, i.product_id, p.name as product_name, i.price_per_unit, count(*)::int as quantity,
        case when i.order_id = any (${shownIds}) then array_agg(s.content order by s.created_at, s.id) end as contents
      from order_items i
      join products p on p.id = i.product_id
      join product_stocks s on s.id = i.stock_id
      where i.order_id = any (${orderIds})
      group by i.order_id, i.product_id, p.name, i.price_per_unit
      order by i.order_id, i.product_id`)
}

function toItem(row: ItemRow): OrderItemView {
  return {
    productId: row.product_id,
    productName: row.product_name,
    quantity: row.quantity,
    pricePerUnit: parseMoney('IDR', row.price_per_unit),
    ...(row.contents === null ? {} : { contents: row.contents }),
  }
}

function toView(row: OrderRow, items: readonly OrderItemView[]): OrderView {
  return {
    kind: 'order',
    invoice: row.invoice_id,
    userId: userId(row.user_id),
    status: row.status,
    method: row.payment_method,
    subtotal: parseMoney('IDR', row.subtotal),
    voucherDiscount: parseMoney('IDR', row.voucher_discount),
    fee: parseMoney('IDR', row.payment_fee),
    total: parseMoney('IDR', row.total_bill),
    items,
    payment: toPaymentView(row),
    createdAt: row.created_at,
  }
}
