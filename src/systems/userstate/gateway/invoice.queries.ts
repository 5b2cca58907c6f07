/** What the gateway's invoices and our transactions have to do with each other. */
import type { XenditInvoice } from '../../../gateways/xendit/answers.ts'
import type { Db } from '../../../postgres/database.ts'
import { sql } from '../../../postgres/sql.ts'
import type { Tx } from '../../../postgres/transaction.ts'
import type { TransactionStatus } from '../transactions/transaction-view.ts'
import { toRupiah } from './rupiah.ts'

/** A transaction that is paid at the gateway. */
export interface Billed {
  readonly id: bigint
  readonly username: string
  readonly type: 'TOPUP' | 'PAYMENT'
  /** Our number, the gateway's external_id. */
  readonly invoice: string
  /** Whole rupiah. */
  readonly amount: number
  readonly status: TransactionStatus
  readonly xenditInvoice: string | null
  readonly expiredAt: Date
  readonly payee: string | null
  readonly platform: string | null
  readonly email: string
  /** The gateway's ways to pay that were chosen; none: any. */
  readonly methods: readonly string[]
}

const billed = sql.raw(`
  t.id, t.username, t.type, t.invoice, t.amount, t.status, t.xendit_invoice as "xenditInvoice",
  t.expired_at as "expiredAt", t.payee, t.platform, u.email, coalesce(p.xendit_methods, '{}') as methods
  from user_transaction t
  join user_info u on u.username = t.username
  left join payment_types p on p.id = t.payment_type_id`)

export async function selectBilled(db: Db, id: bigint): Promise<Billed | undefined> {
  return await db.maybeOne<Billed>(sql`select ${billed} where t.id = ${id} and t.src = 'XENDIT'`)
}

/** By the gateway's id, else by our number: a callback may come before its invoice is stored. */
export async function findBilled(
  db: Db,
  xenditInvoice: string,
  invoice: string,
): Promise<Billed | undefined> {
  const byId = await db.maybeOne<Billed>(sql`
    select ${billed} where t.xendit_invoice = ${xenditInvoice} and t.src = 'XENDIT'`)
  if (byId) return byId
  // Imported numbers may repeat; ours do not.
  return await db.maybeOne<Billed>(sql`
    select ${billed} where t.invoice = ${invoice} and t.src = 'XENDIT' order by t.id desc limit 1`)
}

/** Nobody changes the transaction before `tx` ends. Null: no invoice of the gateway has been adopted. */
export async function lockInvoice(tx: Tx, id: bigint): Promise<string | null> {
  const { invoice } = await tx.one<{ invoice: string | null }>(
    sql`select xendit_invoice as invoice from lock_transaction(${id})`,
  )
  return invoice
}

/** As functions/adopt_invoice.sql says. */
export async function adoptInvoice(
  tx: Tx,
  id: bigint,
  { id: xenditInvoice, url }: XenditInvoice,
): Promise<'adopted' | 'closed' | 'other'> {
  const { outcome } = await tx.one<{ outcome: 'adopted' | 'closed' | 'other' }>(
    sql`select adopt_invoice(${id}, ${xenditInvoice}, ${url}) as outcome`,
  )
  return outcome
}

export type Settled = 'settled' | 'late' | 'already' | 'currency_mismatch'

/** As functions/settle_invoice.sql says. */
export async function settleInvoice(tx: Tx, id: bigint, invoice: XenditInvoice): Promise<Settled> {
  const paid = toRupiah(invoice.paidAmount ?? invoice.amount)
  const fee = toRupiah(invoice.fee ?? 0n)
  const { outcome } = await tx.one<{ outcome: Settled }>(sql`
    select settle_invoice(${id}, ${invoice.id}, ${paid}, ${invoice.currency}, ${fee}, ${invoice.paidAt}) as outcome`)
  return outcome
}

/** From here on its end is a cancellation, whoever sees it first. */
export async function askToCancel(tx: Tx, id: bigint): Promise<void> {
  await tx.run(sql`
    update user_transaction set cancel_asked_at = niaga.now()
      where id = ${id} and status = 'PENDING' and cancel_asked_at is null`)
}

/** Ends what is pending. False where it had ended before. */
export async function closeTransaction(
  tx: Tx,
  id: bigint,
  status: Exclude<TransactionStatus, 'PENDING' | 'PAID'>,
  error: string | null = null,
): Promise<boolean> {
  const { closed } = await tx.one<{ closed: boolean }>(
    sql`select close_transaction(${id}, ${status}, ${error?.slice(0, 64) ?? null}) as closed`,
  )
  return closed
}
