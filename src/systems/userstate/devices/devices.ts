import type { Db } from '../../../postgres/database.ts'
import { sql } from '../../../postgres/sql.ts'
import type { Tx } from '../../../postgres/transaction.ts'

export interface Device {
  readonly fcm_id: string
  readonly platform: string | null
  readonly enabled: boolean
  readonly created_at: Date
  readonly last_seen_at: Date | null
}

/** A device that somebody signed in on is theirs from now on, whoever had it before (UserState, U19). */
export async function registerDevice(
  tx: Tx,
  { username, fcmId, platform }: { username: string; fcmId: string; platform: string | null },
): Promise<void> {
  await tx.run(sql`
    insert into fcm (fcm_id, username, platform, last_seen_at) values (${fcmId}, ${username}, ${platform}, niaga.now())
    on conflict (fcm_id) do update set username = excluded.username, enabled = true, disabled_reason = null,
      platform = coalesce(excluded.platform, fcm.platform), last_seen_at = excluded.last_seen_at`)
}

/** A device that nobody is signed in on: noted, and nothing of a known one changes hands. */
export async function noticeDevice(
  tx: Tx,
  { fcmId, platform }: { fcmId: string; platform: string | null },
): Promise<void> {
  await tx.run(sql`
    insert into fcm (fcm_id, platform, last_seen_at) values (${fcmId}, ${platform}, niaga.now())
    on conflict (fcm_id) do update set last_seen_at = excluded.last_seen_at`)
}

/** Somebody's devices, in the order of their tokens; one more than asked for where there are more. */
export async function selectDevices(
  db: Db,
  username: string,
  { after, limit }: { after?: string; limit: number },
): Promise<Device[]> {
  return await db.many<Device>(sql`
    select fcm_id, platform, enabled, created_at, last_seen_at from fcm
    where username = ${username} and fcm_id > ${after ?? ''} order by fcm_id limit ${limit + 1}`)
}

/** Nothing is sent to it any more; the row stays. False where it is not theirs. */
export async function disableDevice(
  tx: Tx,
  { username, fcmId, reason }: { username: string; fcmId: string; reason: 'REMOVED' | 'LOGOUT' },
): Promise<boolean> {
  const disabled = await tx.run(sql`
    update fcm set enabled = false, disabled_reason = coalesce(disabled_reason, ${reason})
    where fcm_id = ${fcmId} and username = ${username}`)
  return disabled > 0
}
