/** After the dust has settled: what everybody was promised, against what the books, the goods and the chats say. */
import { sql } from '../../../src/postgres/sql.ts'
import type { Stage } from '../stage.ts'
import { auditOf, booksOf, workOf } from './compare-books.ts'
import { compareChats, compareGoods, compareVouchers } from './compare-goods.ts'
import { compareBroadcasts } from './compare-news.ts'
import {
  compareDeposits,
  compareOrders,
  gatewayMoney,
  type OrderRow,
  readOrders,
} from './compare-payments.ts'
import { compareRefunds } from './compare-refunds.ts'
import { type Model, money } from './model.ts'

/** Notes everything that differs in the model's list of violations. */
export async function compare(stage: Stage, model: Model): Promise<void> {
  const rows = await readOrders(stage)
  compareOrders(stage, model, rows)
  await compareDeposits(stage, model)
  await compareRefunds(stage, model)
  await compareBalances(stage, model, rows)
  await compareBroadcasts(stage, model)
  await compareGoods(stage, model, rows)
  await compareVouchers(stage, model, rows)
  compareChats(stage, model, rows)
  await booksOf(stage, model)
  await auditOf(stage, model)
  await workOf(stage, model)
}

/** Everybody's balance from the first rupiah on, and what the gateway owes the shop. */
async function compareBalances(
  { db, pakasir }: Stage,
  model: Model,
  rows: ReadonlyMap<string, OrderRow>,
): Promise<void> {
  const expected = new Map(model.opening)
  const add = (person: number, amount: number) => expected.set(person, (expected.get(person) ?? 0) + amount)
  let atGateway = 0
  const transactions = new Map(pakasir.list().map((transaction) => [transaction.orderId, transaction]))
  for (const order of model.orders.values()) {
    const base = order.subtotal - order.discount
    const hasMoney = gatewayMoney(transactions.get(order.invoice))
    if (hasMoney) atGateway += base + order.fee
    if (order.cart.method === 'account_balance') add(order.person, -base)
    else if (hasMoney && rows.get(order.invoice)?.status !== 'paid') add(order.person, base)
  }
  for (const { invoice, person, amount, fee } of model.deposits.values()) {
    if (!gatewayMoney(transactions.get(invoice))) continue
    atGateway += amount + fee
    add(person, amount)
  }
  for (const { person, amount } of model.adjustments) add(person, amount)
  for (const { person, amount, decided } of model.refunds.values())
    if (decided === 'paid') add(person, amount)
  const people = await db.many<{ id: bigint; balance: string }>(
    sql`select id, account_balance as balance from users`,
  )
  for (const { id, balance } of people) {
    const due = money(expected.get(Number(id)) ?? 0)
    if (balance !== due) model.violated('balance', `${id} has ${balance} and should have ${due}`)
  }
  const { owed } = await db.one<{ owed: string }>(sql`
    select -ledger.balance('gateway.pakasir') / 100 as owed`)
  if (Number(owed) !== atGateway)
    model.violated('balance', `the gateway took in ${atGateway}, the ledger says ${owed}`)
}
