/** The running house's own backups: by schedule, on the system's queue, with their age in the metrics. */

import type { Metrics } from '../platform/http/metrics.ts'
import { defineJob, handle, noPayload } from '../platform/jobs/job.ts'
import type { HouseWork, SystemManifest } from '../platform/system.ts'
import { backUp, newestBackup, pruneBackups } from './backups.ts'
import type { Configuration } from './configuration.ts'
import type { DatabaseAt } from './databases.ts'

const backupJob = defineJob('niaga.backup', noPayload, 5)

/** Makes a backup, then lets go of what the rotation no longer keeps. Nothing where no schedule is set. */
export function backupWork(
  configuration: Configuration,
  system: SystemManifest,
  all: readonly DatabaseAt[],
): HouseWork {
  const schedule = configuration.NIAGA_BACKUP_SCHEDULE
  const located = all.filter(({ manifest }) => manifest.system === system.name)
  const task = handle(backupJob, async (_, { log, signal }) => {
    const { manifest } = await backUp(configuration, system, located, { signal })
    const gone = await pruneBackups(configuration, system.name, { dryRun: false })
    log.info({ backup: manifest.id, pruned: gone.map(({ id }) => id) }, 'a backup was made')
  })
  return { tasks: [task], cron: schedule === undefined ? [] : [{ job: backupJob, schedule }] }
}

/** Nothing is read where there is no backup: an alert on its absence is `absent(...)`. */
export function backupMetrics(metrics: Metrics, configuration: Configuration): void {
  metrics.gauge({
    name: 'niaga_backup_taken_timestamp_seconds',
    help: 'When the newest whole backup was taken, in seconds since 1970',
    labelNames: ['system'],
    read: async () => {
      const newest = await Promise.all(
        configuration.systems.map(async ({ name }) => ({
          name,
          backup: await newestBackup(configuration, name),
        })),
      )
      return newest.flatMap(({ name, backup }) =>
        backup?.manifest
          ? [{ labels: { system: name }, value: Date.parse(backup.manifest.takenAt) / 1000 }]
          : [],
      )
    },
  })
}
