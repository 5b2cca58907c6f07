import type { XenditPayout } from '../../../gateways/xendit/answers.ts'
import type { Db } from '../../../postgres/database.ts'
import { type Sql, sql } from '../../../postgres/sql.ts'
import type { Tx } from '../../../postgres/transaction.ts'
import type { PayoutStatus, PayoutView } from './payout-view.ts'

const columns = sql.raw(`
  p.id, p.username, p.transaction_id as "transactionId", p.bank_account_id as "bankAccountId",
  p.reference_id as reference, p.xendit_payout_id as "xenditPayout", p.channel_code as "channelCode",
  p.account_last4 as last4, p.account_holder_name as "holderName", p.amount, p.fee, p.status,
  p.failure_code as "failureCode", p.created_at as "createdAt", p.completed_at as "completedAt"`)

export async function selectPayout(db: Db, id: bigint): Promise<PayoutView | undefined> {
  return await db.maybeOne<PayoutView>(sql`select ${columns} from payout p where p.id = ${id}`)
}

export async function statusOf(tx: Tx, id: bigint): Promise<PayoutStatus> {
  const { status } = await tx.one<{ status: PayoutStatus }>(sql`select status from payout where id = ${id}`)
  return status
}

/** By the gateway's id, else by our number: a callback may come before the answer is stored. */
export async function findPayoutOf(
  db: Db,
  xenditPayout: string,
  reference: string,
): Promise<PayoutView | undefined> {
  return await db.maybeOne<PayoutView>(sql`
    select ${columns} from payout p where p.xendit_payout_id = ${xenditPayout} or p.reference_id = ${reference}
    order by p.xendit_payout_id = ${xenditPayout} desc nulls last limit 1`)
}

export interface PayoutFilter {
  readonly username?: string
  readonly status?: PayoutStatus
  readonly beforeId?: number | undefined
}

/** Newest first. */
export async function selectPayouts(
  db: Db,
  { username, status, beforeId }: PayoutFilter,
  limit: number,
): Promise<PayoutView[]> {
  const conditions: Sql[] = [
    ...(username === undefined ? [] : [sql`p.username = ${username}`]),
    ...(status === undefined ? [] : [sql`p.status = ${status}`]),
    ...(beforeId === undefined ? [] : [sql`p.id < ${beforeId}`]),
  ]
  const where = conditions.length === 0 ? sql`` : sql`where ${sql.join(conditions, ' and ')}`
  return await db.many<PayoutView>(sql`
    select ${columns} from payout p ${where} order by p.id desc limit ${limit}`)
}

/** The sealed number of the account that a payout goes to, and whose row it is sealed for. */
export async function selectSealedNumber(
  db: Db,
  payout: bigint,
): Promise<{ sealed: string; accountId: number }> {
  return await db.one(sql`
    select convert_from(a.account_number_enc, 'UTF8') as sealed, a.id as "accountId"
    from payout p join bank_account a on a.id = p.bank_account_id where p.id = ${payout}`)
}

export type Moved = 'moved' | 'same' | 'refused'

/** As functions/move_payout.sql says. */
export async function movePayout(
  tx: Tx,
  id: bigint,
  answer: Pick<XenditPayout, 'status' | 'failureCode'> & { readonly id: string | null },
): Promise<Moved> {
  const { outcome } = await tx.one<{ outcome: Moved }>(
    sql`select move_payout(${id}, ${answer.status}, ${answer.id}, ${answer.failureCode}) as outcome`,
  )
  return outcome
}
