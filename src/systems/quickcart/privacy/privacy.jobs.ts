/** The durable part of exports and erasures (QuickCart, §8 privacy_process and export_cleanup). */
import type { Caller } from '../../../kernel/caller.ts'
import type { CronEntry } from '../../../platform/jobs/cron.ts'
import { enqueue, handle, type JobRun, type Task } from '../../../platform/jobs/job.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import type { PrivacyRequestsRow } from '../databases/db_store1/tables.ts'
import { after } from '../payments/payment-jobs.ts'
import type { Store } from '../store.ts'
import { buildExport, giveUpExport } from './build-export.ts'
import { exportFile, removeOthers } from './export-file.ts'
import { exportCleanup, privacyProcess } from './privacy-jobs.ts'

export function privacyTasks(store: Store): readonly Task[] {
  return [
    handle(privacyProcess, async ({ id, to_chat: toChat = false, behind }, run) => {
      const request = await store.db.maybeOne<Pick<PrivacyRequestsRow, 'kind' | 'user_id'>>(
        sql`select kind, user_id from privacy_requests where id = ${id}`,
      )
      if (request?.kind === 'export') await makeExport(store, run, { id: BigInt(id), toChat })
      else if (request?.kind === 'erasure' && request.user_id !== null) {
        await forget(store, request.user_id)
        await forgetAgain(store, run.caller, { id, behind })
      }
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
  for (const { id } of exports) await store.exports.remove(exportFile(id))
  // PostgreSQL has every key that Redis has.
  const keys = await store.db.many<{ key: string }>(sql`
    select key from niaga.kv where key in (${`session:${user}`}, ${`banned:${user}`})
      or key like ${`rate:${user}:%`} or key like ${`pagination:${user}:%`}`)
  await store.kv.delete(keys.map(({ key }) => key))
}

const LOOK_AGAIN_MS = 1_000

/**
 * Who wrote about the person while they were being erased, without their lock, may have noted their id and committed
 * behind the erasure. Once all who were at work then are done, the permanent record is told to forget once more.
 */
async function forgetAgain(
  store: Store,
  caller: Caller,
  { id, behind }: { readonly id: number; readonly behind: string | undefined },
): Promise<void> {
  await inTransaction(store.db, caller, async (tx) => {
    const now = await tx.one<{ behind: string; over: boolean }>(sql`
      with horizon as (select coalesce(${behind ?? null}::xid8, pg_snapshot_xmax(pg_current_snapshot())) as xid)
      select xid::text as behind, pg_snapshot_xmin(pg_current_snapshot()) >= xid as over from horizon`)
    if (!now.over) {
      const options = { key: `privacy:${id}`, runAt: after(store, LOOK_AGAIN_MS) }
      await enqueue(tx, privacyProcess, { id, behind: now.behind }, options)
      return
    }
    // Whoever came back meanwhile has begun a new record of their own.
    await tx.run(sql`
      select audit.emit('anonymize', 'users', u.erased_as::text, u.erased_as,
          jsonb_build_object('user_id', u.id, 'pseudonym', u.erased_as))
        from users u where u.erased_as = -${id}::bigint for share`)
  })
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
