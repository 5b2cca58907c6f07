import type { Caller } from '../../../kernel/caller.ts'
import { idempotent } from '../../../platform/idempotency/idempotent.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { type UserId, userId } from '../accounts/user-id.ts'
import type { Store } from '../store.ts'
import { bodyProblem, type SupportBody } from './support-rules.ts'

export interface WriteToUser extends SupportBody {
  readonly userId: UserId
  /** The customer's message that this answers. */
  readonly inReplyTo?: bigint
  /** The same key again sends nothing again. */
  readonly idempotencyKey: string
}

/**
 * An admin writes to one person (QuickCart, UC 15 and /pm).
 * @throws message_too_long, user_not_found, user_unreachable where the person blocked the bot
 */
export async function writeToUser(store: Store, caller: Caller, message: WriteToUser): Promise<void> {
  const problem = bodyProblem(message)
  if (problem) throw problem
  const { userId: user, body, photoFileId = null, inReplyTo = null, idempotencyKey: key } = message
  const admin = userId(caller.id ?? 0)
  const request = { user: String(user), body, photoFileId, inReplyTo: String(inReplyTo) }
  await inTransaction(store.db, caller, (tx) =>
    idempotent(tx, { scope: `write_to_user:${admin}`, key, request }, async () => {
      await tx.run(sql`select write_to_user(${admin}, ${user}, ${body}, ${photoFileId}, ${inReplyTo})`)
      return null
    }),
  )
}
