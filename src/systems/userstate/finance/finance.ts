/** What finance books by hand (UserState, U24). */
import type { Caller } from '../../../kernel/caller.ts'
import { newId } from '../../../kernel/ids.ts'
import { idempotent } from '../../../platform/idempotency/idempotent.ts'
import type { Db } from '../../../postgres/database.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { fail } from '../errors.ts'
import { findMutation, type MutationView } from '../points/points.ts'
import type { Store } from '../store.ts'
import { findTransaction } from '../transactions/list-transactions.ts'
import type { TransactionView } from '../transactions/transaction-view.ts'

interface Adjustment {
  /** Who asks; nobody adjusts what is their own. */
  readonly staff: string
  readonly username: string
  readonly direction: 'credit' | 'debit'
  readonly reason: string
  readonly idempotencyKey: string
}

export interface AdjustWallet extends Adjustment {
  /** Whole rupiah. */
  readonly amount: number
}

export interface AdjustPoints extends Adjustment {
  /** "12.5" */
  readonly amount: string
}

/** M17. @throws forbidden, not_found, insufficient_funds, wallet_limit_exceeded */
export async function adjustWallet(
  store: Store,
  caller: Caller,
  input: AdjustWallet,
): Promise<TransactionView> {
  const { staff, username, direction, amount, reason, idempotencyKey: key } = input
  if (staff === username) throw fail('forbidden')
  const request = { username, direction, amount, reason }
  const id = await inTransaction(store.db, caller, (tx) =>
    idempotent(tx, { scope: `adjustment:${staff}`, key, request }, async () => {
      const made = await tx.one<{ id: bigint }>(
        sql`select adjust_wallet(${username}, ${direction}, ${amount}, ${reason}) as id`,
      )
      return String(made.id)
    }),
  )
  return await findTransaction(store, BigInt(id))
}

/** M17. Answers the mutation. @throws forbidden, not_found, insufficient_points */
export async function adjustPoints(store: Store, caller: Caller, input: AdjustPoints): Promise<MutationView> {
  const { staff, username, direction, amount, reason, idempotencyKey: key } = input
  if (staff === username) throw fail('forbidden')
  const request = { username, direction, amount, reason, unit: 'PTS' }
  const id = await inTransaction(store.db, caller, (tx) =>
    idempotent(tx, { scope: `adjustment:${staff}`, key, request }, async () => {
      const made = await tx.one<{ id: number }>(
        sql`select adjust_points(${username}, ${direction}, ${amount}, ${reason}) as id`,
      )
      return made.id
    }),
  )
  return await findMutation(store.db, id)
}

export interface SettlePayee {
  readonly staff: string
  readonly holder: string
  /** Whole rupiah that left for the service's bank. */
  readonly amount: number
  /** The bank's own number of it. */
  readonly reference: string
  readonly idempotencyKey: string
}

export interface Payee {
  readonly holder: string
  readonly balance: bigint
}

/** M18. Answers what is left. @throws payee_unknown, payee_funds_insufficient */
export async function settlePayee(store: Store, caller: Caller, input: SettlePayee): Promise<Payee> {
  const { staff, holder, amount, reference, idempotencyKey: key } = input
  await inTransaction(store.db, caller, (tx) =>
    idempotent(
      tx,
      { scope: `settlement:${staff}`, key, request: { holder, amount, reference } },
      async () => {
        const payee = await selectPayee(tx, holder)
        if (!payee) throw fail('payee_unknown')
        // Who was never paid has no account yet; of the others the ledger itself says no.
        if (payee.balance < amount) throw fail('payee_funds_insufficient')
        await tx.one(sql`
        select post_from_payee(${`settlement:${newId()}`}, array[
          ledger.leg(${`payee:${holder}`}, 'bank:settlement', ${amount}::bigint)], 'settlement',
          ${sql.json({ reference })}::jsonb)`)
        return null
      },
    ),
  )
  const payee = await selectPayee(store.db, holder)
  if (!payee) throw fail('payee_unknown')
  return payee
}

/** Everybody who holds or held a key, by name after `after`. */
export async function listPayees({ db }: Store, after: string, limit: number): Promise<Payee[]> {
  return await db.many<Payee>(sql`
    select k.holder, coalesce(a.balance, 0) as balance
    from (select distinct holder from api_key where holder > ${after} order by holder limit ${limit}) k
    left join ledger.account a on a.name = 'payee:' || k.holder
    order by k.holder`)
}

async function selectPayee(db: Db, holder: string): Promise<Payee | undefined> {
  return await db.maybeOne<Payee>(sql`
    select k.holder, coalesce(a.balance, 0) as balance
    from (select holder from api_key where holder = ${holder} limit 1) k
    left join ledger.account a on a.name = 'payee:' || k.holder`)
}
