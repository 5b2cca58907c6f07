/** Notification groups: what admins are told is also said there (QuickCart, §7.3). */
import type { Db } from '../../../postgres/database.ts'
import { sql } from '../../../postgres/sql.ts'
import type { Tx } from '../../../postgres/transaction.ts'
import type { NotificationGroupsRow } from '../databases/db_store1/tables.ts'

export type Group = NotificationGroupsRow

/** Answers whether it is new; without a title a known one stays. */
export async function upsertGroup(
  tx: Tx,
  { chatId, title, addedBy }: { chatId: bigint; title: string | null; addedBy: bigint },
): Promise<boolean> {
  const inserted = await tx.run(sql`
    insert into notification_groups (chat_id, title, added_by, created_at)
      values (${chatId}, ${title}, ${addedBy}, niaga.now()) on conflict do nothing`)
  if (inserted === 0 && title !== null) await renameGroup(tx, chatId, title)
  return inserted === 1
}

export async function renameGroup(tx: Tx, chatId: bigint, title: string): Promise<void> {
  await tx.run(sql`
    update notification_groups set title = ${title} where chat_id = ${chatId} and title is distinct from ${title}`)
}

/** False where there was none. */
export async function deleteGroup(tx: Tx, chatId: bigint): Promise<boolean> {
  return (await tx.run(sql`delete from notification_groups where chat_id = ${chatId}`)) === 1
}

export async function selectGroup(db: Db, chatId: bigint): Promise<Group | undefined> {
  return await db.maybeOne<Group>(
    sql`select chat_id, title, added_by, created_at from notification_groups where chat_id = ${chatId}`,
  )
}

/** By id; one more than asked for where there are more. */
export async function selectGroups(
  db: Db,
  { afterId, limit }: { afterId?: bigint; limit: number },
): Promise<Group[]> {
  return await db.many<Group>(sql`
    select chat_id, title, added_by, created_at from notification_groups
      where chat_id > ${afterId ?? -(2n ** 63n)} order by chat_id limit ${limit + 1}`)
}

/** The group is a supergroup now, with another id: it and whatever waits for it go along. */
export async function moveGroup(tx: Tx, from: bigint, to: bigint): Promise<void> {
  await tx.run(sql`
    update notification_groups set chat_id = ${to} where chat_id = ${from}
      and not exists (select from notification_groups known where known.chat_id = ${to})`)
  // Where the new one was added by hand meanwhile, everything would be said there twice.
  await tx.run(sql`delete from notification_groups where chat_id = ${from}`)
  await tx.run(sql`update telegram_outbox set chat_id = ${to} where chat_id = ${from} and status = 'queued'`)
}
