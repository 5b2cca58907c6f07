import type { Db } from '../../../postgres/database.ts'
import { type Sql, sql } from '../../../postgres/sql.ts'
import type { BroadcastsRow } from '../databases/db_store1/tables.ts'

/** Counts are those of this moment; final once nothing is left to be sent. */
export type Broadcast = Omit<BroadcastsRow, 'updated_at'>

/** While it is being sent the outbox is counted; the row holds what stays. */
const broadcasts = sql`
  select b.id, b.kind, b.body, b.created_by, b.status, b.created_at,
      coalesce(live.total, b.total_count) as total_count, coalesce(live.sent, b.sent_count) as sent_count,
      coalesce(live.failed, b.failed_count) as failed_count
    from broadcasts b left join lateral broadcast_counts(b.id) live on b.status = 'sending'`

export async function selectBroadcast(db: Db, id: number): Promise<Broadcast | undefined> {
  return await db.maybeOne<Broadcast>(sql`${broadcasts} where b.id = ${id}`)
}

/** Newest first; one more than asked for where there are more. */
export async function selectBroadcasts(
  db: Db,
  { status, beforeId, limit }: { status?: Broadcast['status']; beforeId?: number; limit: number },
): Promise<Broadcast[]> {
  const where: readonly Sql[] = [
    ...(status === undefined ? [] : [sql`b.status = ${status}`]),
    ...(beforeId === undefined ? [] : [sql`b.id < ${beforeId}`]),
  ]
  const condition = where.length === 0 ? sql.raw('') : sql`where ${sql.join(where, ' and ')}`
  return await db.many<Broadcast>(sql`${broadcasts} ${condition} order by b.id desc limit ${limit + 1}`)
}

/** How many people a broadcast would go to now. */
export async function countReachable(db: Db): Promise<number> {
  const { count } = await db.one<{ count: bigint }>(sql`
    select count(*) from users where not is_banned and erased_at is null and blocked_bot_at is null`)
  return Number(count)
}
