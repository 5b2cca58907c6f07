import type { Caller } from '../../../kernel/caller.ts'
import { idempotent } from '../../../platform/idempotency/idempotent.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { useOtp } from '../accounts/otp.ts'
import { fail } from '../errors.ts'
import type { Store } from '../store.ts'
import { selectPayout } from './payout.queries.ts'
import { sendLater } from './payout-jobs.ts'
import type { PayoutView } from './payout-view.ts'

export interface RequestPayout {
  readonly username: string
  readonly bankAccountId: number
  /** Whole rupiah that arrive; the fee comes on top. */
  readonly amount: number
  readonly platform: string | null
  /** The mailed code's row, tried before; used with the payout or not at all. Null: none is asked for. */
  readonly codeId: number | null
  readonly idempotencyKey: string
}

export const payoutScope = (username: string) => `payout:${username}`

/**
 * Sends money from a wallet to a bank account (UserState, U18): held now, sent by a durable job.
 * @throws insufficient_funds, email_not_verified, bank_account_unusable, amount_out_of_range, payout_daily_limit,
 *   account_disabled, otp_invalid, idempotency_conflict, idempotency_in_flight
 */
export async function requestPayout(store: Store, caller: Caller, input: RequestPayout): Promise<PayoutView> {
  const { username, bankAccountId, amount, platform, codeId, idempotencyKey: key } = input
  const scope = payoutScope(username)
  return await inTransaction(store.db, caller, async (tx) => {
    const id = await idempotent(tx, { scope, key, request: { bankAccountId, amount } }, async () => {
      if (codeId !== null) await useOtp(tx, username, codeId)
      const made = await tx.one<{ id: bigint }>(
        sql`select request_payout(${username}, ${bankAccountId}, ${amount}, ${platform}) as id`,
      )
      await sendLater(tx, store, made.id, 0)
      return String(made.id)
    })
    const payout = await selectPayout(tx, BigInt(id))
    if (!payout) throw fail('not_found')
    return payout
  })
}
