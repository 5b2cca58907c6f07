import type { Caller } from '../../../kernel/caller.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { userId } from '../accounts/user-id.ts'
import type { Store } from '../store.ts'
import { upsertGroup } from './group.queries.ts'

export interface AddGroup {
  /** Negative, as Telegram numbers groups. */
  readonly chatId: bigint
  readonly title?: string | null
}

/**
 * From now on the group is told what admins are told (QuickCart, /whitelist). A new one is greeted, so that an admin
 * hears of a group that the bot is not in. Answers whether it is new.
 */
export async function addGroup(
  store: Store,
  caller: Caller,
  { chatId, title = null }: AddGroup,
): Promise<boolean> {
  const addedBy = userId(caller.id ?? 0)
  return await inTransaction(store.db, caller, async (tx) => {
    const isNew = await upsertGroup(tx, { chatId, title, addedBy })
    if (isNew) {
      await tx.run(sql`
        insert into telegram_outbox (chat_id, method, payload, ref_type, ref_id, next_attempt_at, created_at)
          values (${chatId}, 'sendMessage', ${sql.json({ kind: 'group_added' })}, 'group', ${String(chatId)},
            niaga.now(), niaga.now())`)
    }
    return isNew
  })
}
