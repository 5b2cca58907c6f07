/** Orders and deposits: as they were told, and as the gateway's own books have them. */
import { sql } from '../../../src/postgres/sql.ts'
import type { Stage } from '../stage.ts'
import { type KnownOrder, type Model, money } from './model.ts'

export interface OrderRow {
  readonly invoice: string
  readonly person: bigint
  readonly status: string
  readonly amounts: string
  readonly payment: string | null
  readonly goods: readonly string[]
  readonly sold: boolean
  readonly deliveries: number
}

export async function readOrders({ db }: Stage): Promise<ReadonlyMap<string, OrderRow>> {
  const rows = await db.many<OrderRow>(sql`
    select o.invoice_id as invoice, o.user_id as person, o.status,
      concat_ws(' ', o.subtotal, o.voucher_discount, o.payment_fee, o.total_bill) as amounts,
      p.status as payment,
      coalesce((select array_agg(s.content order by s.content) from product_stocks s where s.order_id = o.id), '{}') as goods,
      coalesce((select bool_and(s.is_sold) from product_stocks s where s.order_id = o.id), false) as sold,
      (select count(*) from telegram_outbox t
        where t.ref_id = o.invoice_id and t.payload ->> 'kind' = 'deliver')::int as deliveries
    from orders o left join payments p on p.order_id = o.id`)
  return new Map(rows.map((row) => [row.invoice, row]))
}

export function compareOrders({ pakasir }: Stage, model: Model, rows: ReadonlyMap<string, OrderRow>): void {
  const perPerson = new Map<bigint, number>()
  for (const row of rows.values()) {
    if (row.status === 'pending') perPerson.set(row.person, (perPerson.get(row.person) ?? 0) + 1)
    if (!model.orders.has(row.invoice)) model.violated('doubled', `nobody was told of order ${row.invoice}`)
  }
  for (const [person, pending] of perPerson)
    if (pending > 1) model.violated('one pending order', `${person} has ${pending}`)
  const gateway = new Map(pakasir.list().map((transaction) => [transaction.orderId, transaction]))
  for (const order of model.orders.values()) {
    const row = rows.get(order.invoice)
    if (!row) {
      model.violated('lost', `order ${order.invoice} was acknowledged and is not there`)
      continue
    }
    compareOrder(model, order, row, gatewayMoney(gateway.get(order.invoice)))
  }
}

function compareOrder(model: Model, order: KnownOrder, row: OrderRow, hasMoney: boolean): void {
  const { invoice, subtotal, discount, fee, cart } = order
  const say = (oracle: string, detail: string) => model.violated(oracle, `${invoice} ${detail}`)
  const amounts = [subtotal, discount, fee, subtotal - discount + fee].map(money).join(' ')
  if (amounts !== row.amounts) say('amounts', `should cost ${amounts}, and costs ${row.amounts}`)
  if (Number(row.person) !== order.person) say('another owner', `belongs to ${row.person}`)
  if (order.paidTold && row.status !== 'paid') say('turned back', `was paid and is ${row.status}`)
  if (order.endedTold && row.status === 'paid') say('turned back', 'had ended and is paid')
  if (cart.method === 'account_balance') {
    if (row.status !== 'paid') say('lost', `was paid from the balance and is ${row.status}`)
  } else if (row.status === 'pending') say('stuck', 'still waits for its money')
  else if (
    hasMoney &&
    !(row.status === 'paid' ? row.payment === 'completed' : row.payment === 'late_completed')
  )
    say('money lost', `was paid at the gateway and is ${row.status} ${row.payment}`)
  else if (
    !hasMoney &&
    (row.status === 'paid' || row.payment === 'completed' || row.payment === 'late_completed')
  )
    say('money made up', `was not paid at the gateway and is ${row.status} ${row.payment}`)
  const units = cart.lines.reduce((sum, line) => sum + line.quantity, 0)
  if (row.status === 'paid') {
    if (row.goods.length !== units || !row.sold) say('goods', `has ${row.goods.length} of ${units} goods`)
    if (order.contents !== undefined && order.contents !== row.goods.join(' '))
      say('other goods', `${order.contents} was told, ${row.goods.join(' ')} is there`)
    if (row.deliveries < 1 || row.deliveries > 1 + order.redelivered)
      say('deliveries', `is delivered by ${row.deliveries} messages`)
  } else if (row.goods.length > 0) say('goods', `is ${row.status} and holds ${row.goods.join(' ')}`)
}

export async function compareDeposits({ db, pakasir }: Stage, model: Model): Promise<void> {
  const rows = await db.many<{ invoice: string; status: string; payment: string; amounts: string }>(sql`
    select d.invoice_id as invoice, d.status, p.status as payment,
      concat_ws(' ', d.amount, d.payment_fee, d.total_bill) as amounts
    from deposits d join payments p on p.deposit_id = d.id`)
  const there = new Map(rows.map((row) => [row.invoice, row]))
  for (const { invoice } of rows)
    if (!model.deposits.has(invoice)) model.violated('doubled', `nobody was told of deposit ${invoice}`)
  const gateway = new Map(pakasir.list().map((transaction) => [transaction.orderId, transaction]))
  for (const { invoice, amount, fee, endedTold } of model.deposits.values()) {
    const row = there.get(invoice)
    const hasMoney = gatewayMoney(gateway.get(invoice))
    const isBooked = row?.payment === 'completed' || row?.payment === 'late_completed'
    if (!row) model.violated('lost', `deposit ${invoice} was acknowledged and is not there`)
    else if (row.amounts !== [amount, fee, amount + fee].map(money).join(' '))
      model.violated('amounts', `${invoice} costs ${row.amounts}`)
    else if (row.status === 'pending') model.violated('stuck', `deposit ${invoice} still waits for its money`)
    else if (hasMoney !== isBooked)
      model.violated(
        'money lost',
        `${invoice}: paid at the gateway ${hasMoney}, ${row.status} ${row.payment}`,
      )
    else if (endedTold && row.status === 'paid')
      model.violated('turned back', `${invoice} had ended and is paid`)
  }
}

/** The gateway has the customer's money, and the right sum of it. */
export function gatewayMoney(
  transaction: { state: string; amount: bigint; reportedAmount: bigint } | undefined,
): boolean {
  return transaction?.state === 'completed' && transaction.amount === transaction.reportedAmount
}
