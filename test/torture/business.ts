/** One of the businesses that share the house: what people do there, and what must be true when all is at rest. */
import type { Database } from '../../src/postgres/database.ts'
import { sql } from '../../src/postgres/sql.ts'
import type { Random } from '../random.ts'
import { schedulesAreDue } from '../schedules.ts'
import type { Tally, Violated } from './client.ts'
import type { Stage } from './stage.ts'

/** What a business is opened with. */
export interface Opening {
  readonly stage: Stage
  readonly tally: Tally
  readonly violated: Violated
  /** Of the running house; stories about others are left out. */
  readonly paths: ReadonlySet<string>
  /** The stories that are told; all where it is undefined. */
  readonly names: readonly string[] | undefined
}

export interface Business {
  /** Each as often as it weighs; none where none of those that were named is told here. */
  readonly stories: readonly ((random: Random) => Promise<void>)[]
  /** With the owner's rights, and not through the proxy; another one after PostgreSQL was killed. */
  readonly db: Database
  /** What was held back on purpose comes now. */
  release(): Promise<void>
  /** Whether anything is under way, or due. */
  isBusy(): Promise<boolean>
  /** Notes everything that differs from what people were told. */
  compare(): Promise<void>
  /** "orders 12, 5 seen paid; deposits 3" */
  summary(): string
}

export interface Weighted<Cast> {
  readonly story: (cast: Cast, random: Random) => Promise<void>
  readonly weight: number
  /** Where the running business must have this path for it. */
  readonly needs?: string
}

/** Those that are named, or all that this business can take part in. */
export function storiesOf<Cast>(
  stories: Readonly<Record<string, Weighted<Cast>>>,
  cast: Cast,
  hasPath: (path: string) => boolean,
  names: readonly string[] = Object.keys(stories),
): Business['stories'] {
  return Object.entries(stories)
    .filter(([name]) => names.includes(name))
    .filter(([, { needs }]) => needs === undefined || hasPath(needs))
    .flatMap(([, { story, weight }]) =>
      Array.from({ length: weight }, () => (random: Random) => story(cast, random)),
    )
}

/** Whether any job, event or audit row is under way or due, whatever the business. */
export async function isAtWork(db: Database, now: Date): Promise<boolean> {
  const { busy } = await db.one<{ busy: boolean }>(sql`
    select exists (select from graphile_worker._private_jobs j
        where locked_at is not null or (run_at <= now() + interval '1 second' and attempts < max_attempts))
      or exists (select from niaga.inbox where status = 'processing')
      or exists (select from audit.outbox) as busy`)
  return busy || (await schedulesAreDue(db, now))
}
