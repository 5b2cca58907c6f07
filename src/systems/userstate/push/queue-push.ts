import { createHash } from 'node:crypto'
import { enqueue } from '../../../platform/jobs/job.ts'
import { sql } from '../../../postgres/sql.ts'
import type { Tx } from '../../../postgres/transaction.ts'
import { MESSAGES_A_JOB, pushSend } from './push-jobs.ts'

export interface QueuedPush {
  readonly title: string
  readonly body: string
  readonly data?: Readonly<Record<string, string>>
  /** "payout:42:SUCCEEDED": what it tells of. Told again it changes nothing. */
  readonly event: string
}

/**
 * One message for each enabled device of each of them who is not disabled; sent once the transaction has committed.
 * Answers how many.
 */
export async function queuePush(
  tx: Tx,
  usernames: readonly string[],
  { title, body, data = {}, event }: QueuedPush,
): Promise<number> {
  const rows = await tx.many<{ id: bigint }>(sql`
    insert into push_message (username, fcm_id, title, body, data, dedupe_key, created_at)
      select f.username, f.fcm_id, ${title}, ${body}, ${sql.json(data)}::jsonb, ${keyOf(event)}, niaga.now()
      from fcm f join user_login l on l.username = f.username
      where f.username = any(${usernames}) and f.enabled and not l.disabled
      order by f.fcm_id
    on conflict (dedupe_key, fcm_id) do nothing
    returning id`)
  for (let at = 0; at < rows.length; at += MESSAGES_A_JOB) {
    await enqueue(tx, pushSend, { ids: rows.slice(at, at + MESSAGES_A_JOB).map(({ id }) => String(id)) })
  }
  return rows.length
}

/** As it is where the column holds it; callers may bring keys of 255 characters. */
function keyOf(event: string): string {
  return event.length <= 128 ? event : `sha256:${createHash('sha256').update(event).digest('hex')}`
}
