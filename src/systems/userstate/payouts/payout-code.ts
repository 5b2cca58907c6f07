import type { Tx } from '../../../postgres/transaction.ts'
import { tryAndUseOtp } from '../accounts/otp.ts'
import { fail } from '../errors.ts'
import type { Store } from '../store.ts'

/**
 * Uses the code that was mailed for a payout, where the setting asks for one (UserState, U18).
 *
 * It belongs behind the payout's idempotency key. Tried before, the code of a request that is under way would be refused to
 * the same request asked for again; whoever believes that takes another code, and pays out twice.
 * @throws otp_required, otp_invalid, otp_expired, otp_locked
 */
export async function usePayoutCode(
  store: Store,
  tx: Tx,
  username: string,
  otp: string | undefined,
): Promise<void> {
  if (!store.settings.get('payout.otp_required')) return
  if (otp === undefined) throw fail('otp_required')
  await tryAndUseOtp(store, tx, { username, purpose: 'PAYOUT' }, otp)
}
