import type { Caller } from '../../../kernel/caller.ts'
import { idempotent } from '../../../platform/idempotency/idempotent.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction, type Tx } from '../../../postgres/transaction.ts'
import { isRefusedCode } from '../accounts/otp.ts'
import { fail } from '../errors.ts'
import type { Store } from '../store.ts'
import { selectPayout } from './payout.queries.ts'
import { usePayoutCode } from './payout-code.ts'
import { sendLater } from './payout-jobs.ts'
import type { PayoutView } from './payout-view.ts'

export interface RequestPayout {
  readonly username: string
  readonly bankAccountId: number
  /** Whole rupiah that arrive; the fee comes on top. */
  readonly amount: number
  readonly platform: string | null
  /** The mailed code; used with the payout or not at all. Undefined where none was given. */
  readonly otp: string | undefined
  readonly idempotencyKey: string
}

/**
 * Sends money from a wallet to a bank account (UserState, U18): held now, sent by a durable job.
 * @throws insufficient_funds, email_not_verified, bank_account_unusable, amount_out_of_range, payout_daily_limit,
 *   account_disabled, otp_required, otp_invalid, otp_expired, otp_locked, idempotency_conflict, idempotency_in_flight
 */
export async function requestPayout(store: Store, caller: Caller, input: RequestPayout): Promise<PayoutView> {
  const made = await inTransaction(store.db, caller, async (tx) => {
    try {
      return await payOutOnce(store, tx, input)
    } catch (error) {
      // A wrong code commits, because its try counts.
      if (isRefusedCode(error)) return { refused: error }
      throw error
    }
  })
  if ('refused' in made) throw made.refused
  return made
}

async function payOutOnce(store: Store, tx: Tx, input: RequestPayout): Promise<PayoutView> {
  const { username, bankAccountId, amount, platform, otp, idempotencyKey: key } = input
  const asked = {
    scope: `payout:${username}`,
    key,
    request: { bankAccountId, amount, platform: platform ?? undefined },
  }
  const id = await idempotent(tx, asked, async () => {
    await usePayoutCode(store, tx, username, otp)
    const made = await tx.one<{ id: bigint }>(
      sql`select request_payout(${username}, ${bankAccountId}, ${amount}, ${platform}) as id`,
    )
    await sendLater(tx, store, made.id, 0)
    return String(made.id)
  })
  const payout = await selectPayout(tx, BigInt(id))
  if (!payout) throw fail('not_found')
  return payout
}
