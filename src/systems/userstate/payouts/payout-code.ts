import { fail } from '../errors.ts'
import type { Store } from '../store.ts'

/**
 * The code that was mailed for a payout, where the setting asks for one (UserState, U18).
 * @throws otp_required, otp_invalid
 */
export async function demandCode(
  { settings }: Store,
  _username: string,
  _idempotencyKey: string,
  otp: string | undefined,
): Promise<void> {
  if (!settings.get('payout.otp_required')) return
  if (otp === undefined) throw fail('otp_required')
  // Nobody has been mailed one.
  throw fail('otp_invalid')
}
