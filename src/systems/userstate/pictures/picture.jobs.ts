import { stat } from 'node:fs/promises'
import type { CronEntry } from '../../../platform/jobs/cron.ts'
import { handle, type Task } from '../../../platform/jobs/job.ts'
import { sql } from '../../../postgres/sql.ts'
import type { Store } from '../store.ts'
import { imageCleanup, imageSweep, isPicture, PICTURES } from './picture-jobs.ts'

export function pictureTasks(store: Store): readonly Task[] {
  return [
    handle(imageCleanup, async ({ name }) => {
      // The name of a row that was put back by hand, or with a backup, is still somebody's picture.
      if (isPicture(name) && !(await shown(store, [name])).has(name)) await store.files.remove(name)
    }),
    handle(imageSweep, (_, { signal }) => sweepPictures(store, signal)),
  ]
}

export const pictureCron: readonly CronEntry[] = [{ job: imageSweep, schedule: '30 2 * * *' }]

const BATCH = 1000
/** Longer than any upload or transaction takes: what is younger may yet be named by a row. */
const YOUNG_MS = 24 * 60 * 60 * 1000

/** Removes pictures that no row names: left behind by a process that died or a change that failed. Answers how many. */
export async function sweepPictures(store: Store, signal: AbortSignal): Promise<number> {
  const names = (await store.files.list(PICTURES)).map((file) => `${PICTURES}/${file}`)
  let removed = 0
  for (let at = 0; at < names.length && !signal.aborted; at += BATCH) {
    const batch = names.slice(at, at + BATCH)
    const theirs = await shown(store, batch)
    for (const name of batch.filter((one) => !theirs.has(one))) {
      if (await isYoung(store.files.path(name))) continue
      await store.files.remove(name)
      removed += 1
    }
  }
  return removed
}

async function shown({ db }: Store, names: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db.many<{ profile_img: string }>(
    sql`select profile_img from user_info where profile_img = any(${names}::text[])`,
  )
  return new Set(rows.map(({ profile_img: name }) => name))
}

/** By the disk's clock, which no sandbox moves. */
async function isYoung(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  return !found || found.mtimeMs > Date.now() - YOUNG_MS
}
