/** The durable part of exports and erasures (QuickCart, §8 privacy_process and export_cleanup). */
import type { Caller } from '../../../kernel/caller.ts'
import type { CronEntry } from '../../../platform/jobs/cron.ts'
import { enqueue, handle, type JobRun, type Task } from '../../../platform/jobs/job.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import type { PrivacyRequestsRow } from '../databases/db_store1/tables.ts'
import type { Store } from '../store.ts'
import { buildExport, giveUpExport } from './build-export.ts'
import { removeExport, removeOthers } from './export-file.ts'
import { exportCleanup, privacyProcess } from './privacy-jobs.ts'

export function privacyTasks(store: Store): readonly Task[] {
  return [
    handle(privacyProcess, async ({ id, to_chat: toChat = false }, run) => {
      const request = await store.db.maybeOne<Pick<PrivacyRequestsRow, 'kind' | 'user_id'>>(
        sql`select kind, user_id from privacy_requests where id = ${id}`,
      )
      if (request?.kind === 'export') await makeExport(store, run, { id: BigInt(id), toChat })
      else if (request?.kind === 'erasure' && request.user_id !== null) await forget(store, request.user_id)
    }),
    handle(exportCleanup, (_, { caller }) => cleanExports(store, caller)),
  ]
}

export const privacyCron: readonly CronEntry[] = [{ job: exportCleanup, schedule: '7 * * * *' }]

async function makeExport(
  store: Store,
  run: JobRun,
  wanted: { readonly id: bigint; readonly toChat: boolean },
): Promise<void> {
  try {
    await buildExport(store, run.caller, wanted)
  } catch (error) {
    if (!run.lastAttempt) throw error
    await giveUpExport(store, run.caller, wanted.id, error)
    throw error
  }
}

/** What an erasure leaves outside of its transaction: files, and keys that Redis may hold. */
async function forget(store: Store, user: bigint): Promise<void> {
  const exports = await store.db.many<{ id: bigint }>(
    sql`select id from privacy_requests where user_id = ${user} and kind = 'export'`,
  )
  for (const { id } of exports) await removeExport(store, id)
  // PostgreSQL has every key that Redis has.
  const keys = await store.db.many<{ key: string }>(sql`
    select key from niaga.kv where key in (${`session:${user}`}, ${`banned:${user}`})
      or key like ${`rate:${user}:%`} or key like ${`pagination:${user}:%`}`)
  await store.kv.delete(keys.map(({ key }) => key))
}

/** Files whose day is over, and those that nobody knows any more; exports that were lost with their job begin again. */
export async function cleanExports(store: Store, caller: Caller): Promise<void> {
  const { live, lost } = await inTransaction(store.db, caller, async (tx) => {
    await tx.run(sql`
      update privacy_requests set export_file = null
        where export_file is not null and download_until <= niaga.now()`)
    return {
      live: await tx.many<{ id: bigint }>(sql`
        select id from privacy_requests where export_file is not null
        union all
        select id from privacy_requests where kind = 'export' and status in ('requested', 'processing')`),
      lost: await tx.many<{ id: bigint }>(sql`
        select id from privacy_requests where kind = 'export' and status in ('requested', 'processing')
          and requested_at < niaga.now() - interval '1 day'`),
    }
  })
  await removeOthers(store, new Set(live.map(({ id }) => id)))
  for (const { id } of lost) {
    await inTransaction(store.db, caller, (tx) =>
      enqueue(tx, privacyProcess, { id: Number(id) }, { key: `privacy:${id}` }),
    )
  }
}
