import type { Caller } from '../../../kernel/caller.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import type { Store } from '../store.ts'
import { tryOtp, useOtp } from './otp.ts'

/** The address is the person's. @throws otp_invalid, otp_expired, otp_locked */
export async function verifyEmail(
  store: Store,
  caller: Caller,
  username: string,
  otp: string,
): Promise<void> {
  const id = await tryOtp(store, caller, { username, purpose: 'VERIFY_EMAIL' }, otp)
  await inTransaction(store.db, caller, async (tx) => {
    await useOtp(tx, username, id)
    await tx.run(sql`
      update user_info set email_verified_at = niaga.now() where username = ${username} and email_verified_at is null`)
  })
}
