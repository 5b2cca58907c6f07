/** Which backups stay: the newest of each of the last 7 days, 4 weeks and 12 months that have one. */
export interface Kept {
  readonly id: string
  readonly takenAt: Date
  /** Its manifest can be read and its files are there. */
  readonly good: boolean
}

export const KEEP = { days: 7, weeks: 4, months: 12 } as const

/**
 * The backups that nobody needs any more. The newest good one is never among them; a bad one goes once a newer good
 * one exists. Days, weeks and months are those of UTC, so that every machine decides the same.
 */
export function superfluous<B extends Kept>(backups: readonly B[]): B[] {
  const newestFirst = backups.toSorted((a, b) => b.takenAt.getTime() - a.takenAt.getTime())
  const good = newestFirst.filter((backup) => backup.good)
  const kept = new Set<B>([
    ...newestOfEach(good, KEEP.days, ({ takenAt }) => takenAt.toISOString().slice(0, 10)),
    ...newestOfEach(good, KEEP.weeks, ({ takenAt }) => String(weekOf(takenAt))),
    ...newestOfEach(good, KEEP.months, ({ takenAt }) => takenAt.toISOString().slice(0, 7)),
  ])
  const [newest] = good
  return newestFirst
    .filter((backup) => !kept.has(backup))
    .filter((backup) => backup.good || (newest !== undefined && newest.takenAt > backup.takenAt))
}

function newestOfEach<B>(newestFirst: readonly B[], count: number, period: (backup: B) => string): B[] {
  const found = new Map<string, B>()
  for (const backup of newestFirst) {
    const name = period(backup)
    if (!found.has(name)) found.set(name, backup)
  }
  return [...found.values()].slice(0, count)
}

const DAY_MS = 86_400_000

/** Weeks since one that began on a Monday: 29 December 1969. */
function weekOf(instant: Date): number {
  return Math.floor((instant.getTime() / DAY_MS + 3) / 7)
}
