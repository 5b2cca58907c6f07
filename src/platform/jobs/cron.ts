/**
 * Schedules in a named time zone. graphile-worker's own cron knows UTC and the machine's clock only; this one
 * follows business time, also when a sandbox clock jumps.
 *
 * A slot that passed while nothing ran is made up for once, by its latest occurrence: three days of downtime
 * run a nightly job one time, not three.
 */
import type { TObject } from 'typebox'
import { type Log, silentLog } from '../../kernel/log.ts'
import type { Database } from '../../postgres/database.ts'
import { sql } from '../../postgres/sql.ts'
import type { Job } from './job.ts'
import { type Digest, readSchedule } from './schedule.ts'

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
/** More than the clocks of two machines differ: of two that each call the other's slots the future, both would run them. */
const AHEAD_MS = 10 * MINUTE_MS

/**
 * Puts every job into the queue whose time has come since it was last put there; once, whoever asks.
 * @throws AggregateError of schedules that cannot be read; the others are not kept waiting by them.
 */
export async function enqueueDueCrons(
  database: Database,
  entries: readonly CronEntry[],
  log: Log = silentLog,
): Promise<void> {
  const now = database.clock.now()
  const lastOf = await lastSlots(database, entries.map(nameOf), now, log)
  const broken: Error[] = []
  for (const entry of entries) {
    const name = nameOf(entry)
    const slot = slotOf(entry, lastOf.get(name) ?? now, now, broken)
    if (!slot) continue
    // The update and the job are one statement: of two processes that see the slot, one moves it.
    await database.run(sql`
      with moved as (update niaga.cron set last_slot = ${slot} where name = ${name} and last_slot < ${slot} returning 1)
      select niaga.enqueue(${entry.job.name}, '{}', null, ${`cron:${name}`}, ${`cron:${entry.job.name}`},
        ${entry.job.maxAttempts}, null) from moved`)
  }
  if (broken.length > 0) throw new AggregateError(broken, broken.map(({ message }) => message).join('; '))
}

function slotOf(entry: CronEntry, after: Date, now: Date, broken: Error[]): Date | undefined {
  try {
    return lastSlot(entry, after, now)
  } catch (error) {
    broken.push(new Error(`the schedule ${nameOf(entry)}: ${String(error)}`, { cause: error }))
    return undefined
  }
}

function nameOf({ job, schedule }: CronEntry): string {
  return `${job.name} ${schedule}`
}

/** Asked every second, so that it writes only where a schedule is new: its time begins now. */
async function lastSlots(
  database: Database,
  names: readonly string[],
  now: Date,
  log: Log,
): Promise<ReadonlyMap<string, Date>> {
  const rows = await database.many<{ name: string; last: Date }>(
    sql`select name, last_slot as last from niaga.cron where name = any (${names})`,
  )
  const known = new Map(rows.map(({ name, last }) => [name, last]))
  const unknown = names.filter((name) => !known.has(name))
  if (unknown.length > 0) {
    await database.run(sql`
      insert into niaga.cron (name, last_slot) select name, ${now} from unnest(${unknown}::text[]) name
      on conflict (name) do nothing`)
  }
  const ahead = rows.filter(({ last }) => last.getTime() > now.getTime() + AHEAD_MS).map(({ name }) => name)
  if (ahead.length > 0) await goOnFrom(database, ahead, now, log)
  return known
}

/** A clock that ran ahead has left slots in the future; waited for, the schedules would be silent until then. */
async function goOnFrom(database: Database, names: readonly string[], now: Date, log: Log): Promise<void> {
  const changed = await database.run(sql`
    update niaga.cron set last_slot = ${now} where name = any (${names}) and last_slot > ${now}`)
  // Of several processes one tells.
  if (changed > 0)
    log.warn(
      { schedules: names },
      'schedules had run in the future, by a clock that ran ahead: they go on from now',
    )
}

/** The latest minute in (`after`, `now`] that the schedule names. */
export function lastSlot(entry: Omit<CronEntry, 'job'>, after: Date, now: Date): Date | undefined {
  const reader = readers.get(entry) ?? read(entry)
  const earliest = Math.max(after.getTime(), now.getTime() - LOOK_BACK_MS)
  const latest = now.getTime() - (now.getTime() % MINUTE_MS)
  for (let t = latest; t > earliest; t -= MINUTE_MS) {
    if (t <= reader.quiet.until && earliest >= reader.quiet.after) break
    if (reader.match(reader.digest(t))) return new Date(t)
  }
  reader.quiet = { after: earliest, until: latest }
  return undefined
}

interface Reader {
  readonly match: (digest: Digest) => boolean
  readonly digest: (time: number) => Digest
  /** Names no minute in between; asked again a second later, only what has passed since is read. */
  quiet: { after: number; until: number }
}

const readers = new WeakMap<Omit<CronEntry, 'job'>, Reader>()

function read(entry: Omit<CronEntry, 'job'>): Reader {
  const { schedule, timeZone = DEFAULT_ZONE } = entry
  const reader = { match: readSchedule(schedule), digest: digestIn(timeZone), quiet: { after: 0, until: 0 } }
  readers.set(entry, reader)
  return reader
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
