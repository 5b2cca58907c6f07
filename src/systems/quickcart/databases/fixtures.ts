/** What the tests of the two databases put into them, and how they read a refusal. */
import assert from 'node:assert/strict'
import pg from 'pg'
import { type Caller, systemCaller } from '../../../kernel/caller.ts'
import { DomainError, type ErrorDetails } from '../../../kernel/errors.ts'
import type { Database, Db } from '../../../postgres/database.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'

/** An order as the SQL functions answer it. */
export interface OrderJson {
  readonly id: number
  readonly invoice_id: string
  readonly subtotal: string
  readonly voucher_discount: string
  readonly payment_fee: string
  readonly total_bill: string
  readonly status: string
  readonly payment: { readonly status: string; readonly qr_string: string | null } | null
}

export interface Checkout {
  readonly user: bigint
  readonly items: readonly { readonly product: number; readonly quantity: number }[]
  readonly method?: 'qris' | 'account_balance'
  readonly voucher?: string
  readonly expectedTotal?: string
}

let nextId = 500_000_000n

/** A customer; with a balance it is an opening one. */
export async function addUser(
  db: Db,
  { balance = '0', role = 'customer' }: { balance?: string; role?: string } = {},
): Promise<bigint> {
  const id = ++nextId
  await db.run(sql`
    insert into users (id, name, member_status, bank_id, account_balance)
      values (${id}, ${`User ${id}`}, ${role}, ${String(id).slice(-6)}, ${balance})`)
  return id
}

let nextProduct = 0

/** A product with that many goods, "1-1", "1-2" ... */
export async function addProduct(
  db: Db,
  { price = '10000', stock = 0 }: { price?: string; stock?: number } = {},
): Promise<number> {
  const id = ++nextProduct
  await db.run(
    sql`insert into products (id, name, customer_price) values (${id}, ${`Product ${id}`}, ${price})`,
  )
  const contents = Array.from({ length: stock }, (_, i) => `${id}-${i + 1}`)
  await db.run(sql`select add_stock(${id}, ${contents})`)
  return id
}

export async function addVoucher(db: Db, code: string, amount: string): Promise<void> {
  const admin = await addUser(db, { role: 'admin' })
  await db.run(sql`
    insert into vouchers (code, amount, created_by, expires_at)
      values (${code}, ${amount}, ${admin}, now() + interval '30 days')`)
}

export async function placeOrder(
  db: Database,
  order: Checkout,
  caller: Caller = systemCaller,
): Promise<OrderJson> {
  const lines = order.items.map(({ product, quantity }) => ({ product_id: product, quantity }))
  const { placed } = await inTransaction(db, caller, (tx) =>
    tx.one<{ placed: OrderJson }>(sql`
      select place_order(${order.user}, ${sql.json(lines)}, ${order.method ?? 'qris'}, ${order.voucher ?? null},
        ${order.expectedTotal ?? null}) as placed`),
  )
  return placed
}

/** The gateway answers as we expected: the payment awaits the customer. */
export async function awaitPayment(db: Database, invoice: string): Promise<void> {
  const { outcome } = await inTransaction(db, systemCaller, (tx) =>
    tx.one<{ outcome: string }>(sql`
      select adopt_gateway_answer(invoice_id, fee, total_payment, 'QR', 'https://pay', null) as outcome
        from payments where invoice_id = ${invoice}`),
  )
  assert.equal(outcome, 'awaiting')
}

export async function settle(db: Database, invoice: string, amount?: string): Promise<string> {
  const { outcome } = await inTransaction(db, systemCaller, (tx) =>
    tx.one<{ outcome: string }>(sql`
      select settle_payment(invoice_id, coalesce(${amount ?? null}::numeric, amount), null) as outcome
        from payments where invoice_id = ${invoice}`),
  )
  return outcome
}

export async function expire(db: Database, invoice: string): Promise<string> {
  const { outcome } = await inTransaction(db, systemCaller, (tx) =>
    tx.one<{ outcome: string }>(sql`select expire_payment(${invoice}) as outcome`),
  )
  return outcome
}

export async function balanceOf(db: Db, user: bigint): Promise<string> {
  const { balance } = await db.one<{ balance: string }>(
    sql`select account_balance as balance from users where id = ${user}`,
  )
  return balance
}

/** The code and the details of the refusal that this ends in: the catalogue's, or the violated constraint. */
export async function refusal(work: Promise<unknown>): Promise<{ code: string; details: ErrorDetails }> {
  try {
    await work
  } catch (error) {
    if (error instanceof DomainError) return { code: error.code, details: error.details }
    if (error instanceof pg.DatabaseError) {
      const details = error.detail?.startsWith('{') ? JSON.parse(error.detail) : {}
      return { code: error.constraint ?? error.code ?? '', details }
    }
    throw error
  }
  throw new assert.AssertionError({ message: 'it was not refused' })
}

/** What became of parallel attempts: the values of those that succeeded, the codes of the others. */
export async function outcomes<T>(attempts: readonly Promise<T>[]): Promise<{ done: T[]; codes: string[] }> {
  const codes: string[] = []
  const settled = await Promise.all(
    attempts.map((attempt) =>
      attempt.then(
        (value) => [value],
        async () => {
          codes.push((await refusal(attempt)).code)
          return []
        },
      ),
    ),
  )
  return { done: settled.flat(), codes }
}
