import type { Caller } from '../../../kernel/caller.ts'
import { type DomainError, isDomainError } from '../../../kernel/errors.ts'
import { idempotent } from '../../../platform/idempotency/idempotent.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction, type Tx } from '../../../postgres/transaction.ts'
import type { UserId } from '../accounts/user-id.ts'
import { limitAction } from '../shop/limits.ts'
import type { Store } from '../store.ts'
import { bodyProblem, type SupportBody } from './support-rules.ts'

export interface WriteToStaff extends SupportBody {
  readonly userId: UserId
  /** The same key again sends nothing again. */
  readonly idempotencyKey?: string
}

/**
 * A customer writes to the shop's people (QuickCart, UC 15): every admin and every notification group gets a copy.
 * @returns the message's id
 * @throws rate_limited (three a minute), message_too_long, banned, nobody_to_ask
 */
export async function writeToStaff(store: Store, caller: Caller, message: WriteToStaff): Promise<number> {
  const { userId, body, photoFileId = null, idempotencyKey: key } = message
  const problem = bodyProblem(message) ?? (await limit(store, userId))
  const write = async (tx: Tx) => {
    // Inside, so that a request that was answered before gets its answer again.
    if (problem) throw problem
    const { id } = await tx.one<{ id: bigint }>(
      sql`select write_to_staff(${userId}, ${body}, ${photoFileId}) as id`,
    )
    return Number(id)
  }
  return await inTransaction(store.db, caller, async (tx) => {
    if (key === undefined) return await write(tx)
    const request = { body, photoFileId }
    return await idempotent(tx, { scope: `write_to_staff:${userId}`, key, request }, () => write(tx))
  })
}

async function limit(store: Store, user: UserId): Promise<DomainError | undefined> {
  try {
    await limitAction(store, user, 'message')
    return undefined
  } catch (error) {
    if (isDomainError(error, 'rate_limited')) return error
    throw error
  }
}
