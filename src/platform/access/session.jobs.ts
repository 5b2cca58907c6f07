/** Sessions and refresh tokens that ended long ago go every night. */
import type { Caller } from '../../kernel/caller.ts'
import type { Database } from '../../postgres/database.ts'
import { type Sql, sql } from '../../postgres/sql.ts'
import { inTransaction } from '../../postgres/transaction.ts'
import type { CronEntry } from '../jobs/cron.ts'
import { defineJob, handle, noPayload, type Task } from '../jobs/job.ts'
import { purge } from '../jobs/purge.ts'

const job = defineJob('sessions_prune', noPayload)

export const sessionCron: CronEntry = { job, schedule: '40 2 * * *' }

export function sessionTask(database: Database): Task {
  return handle(job, async (_, run) => {
    const sessions = await pruneSessions(database, run)
    const tokens = await purge(database, run, purgeRefreshTokens)
    run.log.info({ sessions, tokens }, 'sessions and refresh tokens that ended long ago were removed')
  })
}

/** Looked at by one transaction. */
const PAGE = 5000
/** The least UUIDv7 of that moment: its first 48 bits are milliseconds (RFC 9562). */
const FIRST_ID_TOO_YOUNG = sql`(
  lpad(to_hex((extract(epoch from niaga.now() - interval '30 days') * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid`

/**
 * Removes sessions that ended more than 30 days ago, by a revocation or with their last refresh token; until then a
 * stolen token that turns up late is still recognised. Ids sort by time of birth, so that each session is looked at
 * once, and none of the last 30 days. Answers how many went.
 */
export async function pruneSessions(
  database: Database,
  { caller, signal }: { readonly caller: Caller; readonly signal: AbortSignal },
): Promise<number> {
  let removed = 0
  for (let after: string | null = NIL; after !== null && !signal.aborted; ) {
    const page: { last: string | null; removed: number } = await inTransaction(database, caller, (tx) =>
      tx.one(sql`
        with page as materialized (
          select s.id, s.revoked_at from niaga.session s
          where s.id > ${after} and s.id < ${FIRST_ID_TOO_YOUNG} and s.created_at < niaga.now() - interval '30 days'
          order by s.id limit ${PAGE}),
        gone as (
          delete from niaga.session s using page p
          where s.id = p.id and (p.revoked_at < niaga.now() - interval '30 days' or not exists (
            select from niaga.refresh_token t
            where t.session_id = p.id and t.expires_at > niaga.now() - interval '30 days'))
          returning s.id)
        select (select id from page order by id desc limit 1) as last, (select count(*)::int4 from gone) as removed`),
    )
    removed += page.removed
    after = page.last
  }
  return removed
}

/**
 * Tokens of sessions that live on: a session renewed every quarter of an hour leaves ninety-six a day behind. Whoever
 * comes with one of them within 30 days of its own end ends the session (`refresh_reused`); later it is unknown, and
 * opens nothing either.
 */
export function purgeRefreshTokens(limit: number): Sql {
  return sql`
    delete from niaga.refresh_token where token_hash in (
      select t.token_hash from niaga.refresh_token t where t.expires_at < niaga.now() - interval '30 days'
      order by t.expires_at limit ${limit})`
}

const NIL = '00000000-0000-0000-0000-000000000000'
