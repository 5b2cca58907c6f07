import type { Caller } from '../../../kernel/caller.ts'
import { enqueue } from '../../../platform/jobs/job.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import type { UserId } from '../accounts/user-id.ts'
import { fail } from '../errors.ts'
import type { Store } from '../store.ts'
import { privacyProcess } from './privacy-jobs.ts'

export interface RequestExport {
  readonly userId: UserId
  /** The document is sent to their chat as well. */
  readonly toChat: boolean
}

/**
 * Begins an export of everything the shop holds about a person (QuickCart, §12); a job makes it. Whoever asks again
 * before it is made gets the same one. Answers its id.
 * @throws user_not_found
 */
export async function requestExport(
  store: Store,
  caller: Caller,
  { userId, toChat }: RequestExport,
): Promise<bigint> {
  return await inTransaction(store.db, caller, async (tx) => {
    const person = await tx.maybeOne(sql`
      select from users where id = ${userId} and erased_at is null for no key update`)
    if (!person) throw fail('user_not_found')
    const open = await tx.maybeOne<{ id: bigint }>(sql`
      select id from privacy_requests
        where user_id = ${userId} and kind = 'export' and status in ('requested', 'processing')`)
    if (open) return open.id
    const { id } = await tx.one<{ id: bigint }>(sql`
      insert into privacy_requests (user_id, kind, requested_at) values (${userId}, 'export', niaga.now())
        returning id`)
    await tx.run(sql`select audit.emit('export', 'privacy_requests', ${String(id)}, ${userId})`)
    await enqueue(tx, privacyProcess, { id: Number(id), to_chat: toChat }, { key: `privacy:${id}` })
    return id
  })
}
