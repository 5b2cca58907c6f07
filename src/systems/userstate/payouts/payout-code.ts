import type { Caller } from '../../../kernel/caller.ts'
import { sql } from '../../../postgres/sql.ts'
import { tryOtp } from '../accounts/otp.ts'
import { fail } from '../errors.ts'
import type { Store } from '../store.ts'
import { payoutScope } from './request-payout.ts'

interface Asked {
  readonly username: string
  readonly idempotencyKey: string
  readonly otp: string | undefined
}

/**
 * Tries the code that was mailed for a payout, where the setting asks for one (UserState, U18). Answers what `useOtp` takes;
 * null where none is needed, also for a request that was answered before.
 * @throws otp_required, otp_invalid, otp_expired, otp_locked
 */
export async function tryPayoutCode(
  store: Store,
  caller: Caller,
  { username, idempotencyKey: key, otp }: Asked,
): Promise<number | null> {
  if (!store.settings.get('payout.otp_required')) return null
  const answered = await store.db.maybeOne(sql`
    select from niaga.idempotency where scope = ${payoutScope(username)} and key = ${key}`)
  if (answered) return null
  if (otp === undefined) throw fail('otp_required')
  return await tryOtp(store, caller, { username, purpose: 'PAYOUT' }, otp)
}
