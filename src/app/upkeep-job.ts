/** Tables that documents want looked after, by the running house: the application's own role may not. */
import { defineJob, handle, noPayload } from '../platform/jobs/job.ts'
import type { HouseWork, SystemManifest } from '../platform/system.ts'
import type { Upkeep } from '../postgres/manifest.ts'
import { reindex, vacuum } from '../postgres/upkeep.ts'
import type { DatabaseAt } from './databases.ts'

const vacuumJob = defineJob('niaga.vacuum', noPayload, 5)
const reindexJob = defineJob('niaga.reindex', noPayload, 5)

/** Sundays at 03:00 and on the first of a month at 03:30; nothing where no database of the system asks for it. */
export function upkeepWork(system: SystemManifest, all: readonly DatabaseAt[]): HouseWork {
  const wanting = all.flatMap(({ manifest, url }) =>
    manifest.system === system.name && manifest.upkeep ? [{ url, upkeep: manifest.upkeep }] : [],
  )
  if (wanting.length === 0) return { tasks: [], cron: [] }
  const each = async (what: keyof Upkeep, work: typeof vacuum, signal: AbortSignal) => {
    for (const { url, upkeep } of wanting) await work(url, upkeep[what], { signal })
  }
  return {
    tasks: [
      handle(vacuumJob, (_, { signal }) => each('vacuum', vacuum, signal)),
      handle(reindexJob, (_, { signal }) => each('reindex', reindex, signal)),
    ],
    cron: [
      { job: vacuumJob, schedule: '0 3 * * 0' },
      { job: reindexJob, schedule: '30 3 1 * *' },
    ],
  }
}
