import { sql } from '../../../postgres/sql.ts'
import type { Tx } from '../../../postgres/transaction.ts'
import { deleteGroup, selectGroup } from './group.queries.ts'

/** The bot is not in the group any more, or never was: it is told nothing further, and the rest of the staff hears why. */
export async function loseGroup(tx: Tx, chatId: bigint, error: string): Promise<void> {
  const group = await selectGroup(tx, chatId)
  if (!group || !(await deleteGroup(tx, chatId))) return
  const payload = { kind: 'group_lost', title: group.title, chat: String(chatId), error }
  await tx.run(sql`
    insert into telegram_outbox (chat_id, method, payload, ref_type, ref_id, next_attempt_at, created_at)
      select staff, 'sendMessage', ${sql.json(payload)}::jsonb, 'group', ${String(chatId)}, niaga.now(), niaga.now()
      from staff_chats() staff`)
}
