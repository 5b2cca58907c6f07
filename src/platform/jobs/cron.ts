/**
 * Schedules in a named time zone. graphile-worker's own cron knows UTC and the machine's clock only; this one
 * follows business time, also when a sandbox clock jumps.
 *
 * A slot that passed while nothing ran is made up for once, by its latest occurrence: three days of downtime
 * run a nightly job one time, not three.
 */
import { parseCronItem } from 'graphile-worker'
import type { TObject } from 'typebox'
import type { Database } from '../../postgres/database.ts'
import { sql } from '../../postgres/sql.ts'
import type { Job } from './job.ts'

export interface CronEntry {
  readonly job: Job<TObject>
  /** "minute hour day-of-month month day-of-week", as crontab(5): "15 3 * * *". */
  readonly schedule: string
  /** IANA name; Asia/Jakarta where absent. */
  readonly timeZone?: string
}

const DEFAULT_ZONE = 'Asia/Jakarta'
const MINUTE_MS = 60_000
/** Beyond it a slot counts as never due: "0 0 31 2 *". */
const LOOK_BACK_MS = 366 * 24 * 60 * MINUTE_MS

/** Puts every job into the queue whose time has come since it was last put there; once, whoever asks. */
export async function enqueueDueCrons(database: Database, entries: readonly CronEntry[]): Promise<void> {
  const now = database.clock.now()
  for (const entry of entries) {
    const name = `${entry.job.name} ${entry.schedule}`
    const { last } = await database.one<{ last: Date }>(sql`
      insert into niaga.cron as c (name, last_slot) values (${name}, ${now})
      on conflict (name) do update set last_slot = c.last_slot returning last_slot as last`)
    const slot = lastSlot(entry, last, now)
    if (!slot) continue
    // The update and the job are one statement: of two processes that see the slot, one moves it.
    await database.run(sql`
      with moved as (update niaga.cron set last_slot = ${slot} where name = ${name} and last_slot < ${slot} returning 1)
      select niaga.enqueue(${entry.job.name}, '{}', null, ${`cron:${name}`}, ${`cron:${entry.job.name}`},
        ${entry.job.maxAttempts}, null) from moved`)
  }
}

/** The latest minute in (`after`, `now`] that the schedule names. */
export function lastSlot(entry: Omit<CronEntry, 'job'>, after: Date, now: Date): Date | undefined {
  const { match } = parseCronItem({ task: 'cron', match: entry.schedule, identifier: entry.schedule })
  const digest = digestIn(entry.timeZone ?? DEFAULT_ZONE)
  const earliest = Math.max(after.getTime(), now.getTime() - LOOK_BACK_MS)
  for (let t = now.getTime() - (now.getTime() % MINUTE_MS); t > earliest; t -= MINUTE_MS) {
    if (match(digest(t))) return new Date(t)
  }
  return undefined
}

interface Digest {
  readonly min: number
  readonly hour: number
  readonly date: number
  readonly month: number
  readonly dow: number
}

/** What clock and calendar of the zone show at an instant. The zone's offset changes on quarter hours at most. */
function digestIn(timeZone: string): (time: number) => Digest {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' })
  let known = { quarter: Number.NaN, offsetMs: 0 }
  return (time) => {
    const quarter = Math.floor(time / (15 * MINUTE_MS))
    if (quarter !== known.quarter) known = { quarter, offsetMs: offsetAt(format, time) }
    const local = new Date(time + known.offsetMs)
    return {
      min: local.getUTCMinutes(),
      hour: local.getUTCHours(),
      date: local.getUTCDate(),
      month: local.getUTCMonth() + 1,
      dow: local.getUTCDay(),
    }
  }
}

function offsetAt(format: Intl.DateTimeFormat, time: number): number {
  const name = format.formatToParts(time).find((part) => part.type === 'timeZoneName')?.value ?? ''
  const [, sign, hours, minutes] = /GMT([+-])(\d+):(\d+)/.exec(name) ?? []
  if (sign === undefined) return 0
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * MINUTE_MS
}
