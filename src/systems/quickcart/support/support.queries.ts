import type { Db } from '../../../postgres/database.ts'
import { sql } from '../../../postgres/sql.ts'
import { type UserId, userId } from '../accounts/user-id.ts'
import type { SupportMessagesRow } from '../databases/db_store1/tables.ts'

export interface SupportMessage
  extends Pick<SupportMessagesRow, 'user_id' | 'admin_id' | 'body' | 'photo_file_id'> {
  readonly name: string
  readonly username: string | null
  /** The person was erased after the message was written: it must not be sent any more. */
  readonly is_erased: boolean
}

export async function selectSupportMessage(db: Db, id: bigint): Promise<SupportMessage | undefined> {
  return await db.maybeOne<SupportMessage>(sql`
    select m.user_id, m.admin_id, m.body, m.photo_file_id, u.name, u.username, u.erased_at is not null as is_erased
      from support_messages m join users u on u.id = m.user_id where m.id = ${id}`)
}

/** The customer's message whose copy this message of the bot is, and who wrote it. */
export async function findCopied(
  db: Db,
  copy: { readonly chatId: number | bigint; readonly messageId: number },
): Promise<{ id: bigint; user: UserId; name: string } | undefined> {
  const found = await db.maybeOne<{ id: bigint; user_id: bigint; name: string }>(sql`
    select m.id, m.user_id, u.name from telegram_outbox o
      join support_messages m on m.id = case when o.ref_type = 'support' then o.ref_id::bigint end
      join users u on u.id = m.user_id
      where o.chat_id = ${copy.chatId} and o.message_id = ${copy.messageId} and m.direction = 'to_admin'`)
  return found && { id: found.id, user: userId(found.user_id), name: found.name }
}
