/** Codes for another password (UserState, U6), apart from the request that anybody may send. */
import { Type } from 'typebox'
import { isDomainError } from '../../../kernel/errors.ts'
import { defineJob, handle, type Task } from '../../../platform/jobs/job.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import type { Store } from '../store.ts'
import { findCredentials } from './login.ts'
import { issueOtp } from './otp.ts'

export const resetRequest = defineJob(
  'userstate.reset_request',
  Type.Object({
    /** Whatever somebody gave for a username or an e-mail address. */
    login: Type.String(),
    /** Where they asked from. */
    ip: Type.Optional(Type.String()),
  }),
)

export function resetTasks(store: Store): readonly Task[] {
  return [
    handle(resetRequest, async ({ login, ip }, { caller }) => {
      const found = await findCredentials(store, login)
      if (!found || found.disabled) return
      const of = { username: found.username, purpose: 'PASSWORD_RESET' } as const
      const from = ip === undefined ? caller : { ...caller, ip }
      await inTransaction(store.db, from, (tx) => issueOtp(store, tx, of)).catch((error: unknown) => {
        if (!isDomainError(error, 'otp_resend_too_soon')) throw error
      })
    }),
  ]
}
