/** The run: rounds of business under faults; after each, everything is brought to rest and compared. */
import { setTimeout as wait } from 'node:timers/promises'
import { sql } from '../../src/postgres/sql.ts'
import { readOperations } from '../fuzz/openapi.ts'
import { randomOf } from '../random.ts'
import { until } from '../until.ts'
import type { Business } from './business.ts'
import { Tally, type Violated } from './client.ts'
import { FAULTS, type FaultName, heal } from './faults.ts'
import { openShop } from './shop/shop.ts'
import { openStage, type Stage } from './stage.ts'
import { openWallet } from './wallet/wallet.ts'

export interface TortureOptions {
  readonly seed: string
  /** How long; or how often, if that is said. */
  readonly seconds?: number
  readonly rounds?: number
  readonly faults: readonly FaultName[]
  /** What people do; everything where it is not said. */
  readonly stories?: readonly string[]
  /** Where the application's source lies. */
  readonly root: string
  /** Nothing is kept, whatever is found. */
  readonly forget?: boolean
  /** Something is done to a database before anybody comes. */
  readonly sabotage?: Sabotage
  say(text: string): void
}

export interface Sabotage {
  readonly of: 'shop' | 'wallet'
  readonly statement: string
}

export interface TortureReport {
  readonly rounds: number
  readonly tally: Tally
  /** What was done, a line for each business. */
  readonly businesses: readonly string[]
  readonly faults: ReadonlyMap<string, number>
  /** From each kill to the first acknowledged change that was asked for after it. */
  readonly recoveriesMs: readonly number[]
  readonly violations: readonly Violation[]
  /** Where everything is kept, after a violation. */
  readonly kept: string | undefined
}

interface Violation {
  readonly oracle: string
  readonly detail: string
}

/** People at a time; every business has its share of them. */
const LANES = 10
/** People do business this long before everything comes to rest. */
const ROUND_MS = 9_000
const REST_MS = 240_000
const KILLS = /kill|terminate|cut/

interface Run {
  readonly stage: Stage
  readonly businesses: readonly Business[]
  readonly violations: readonly Violation[]
  readonly violated: Violated
  readonly faults: Map<string, number>
  readonly recoveries: Recoveries
}

export async function torture(options: TortureOptions): Promise<TortureReport> {
  const violations: Violation[] = []
  const violated = (oracle: string, detail: string) => void violations.push({ oracle, detail })
  const stage = await openStage(options.root)
  const tally = new Tally()
  const [faults, recoveries] = [new Map<string, number>(), new Recoveries()]
  tally.onAcknowledged = (askedAt) => recoveries.acknowledged(askedAt)
  const businesses: Business[] = []
  let rounds = 0
  try {
    await stage.start()
    const operations = await readOperations(stage.origin)
    const paths = new Set(operations.map(({ path }) => path))
    const opening = { stage, tally, violated, paths, names: options.stories }
    const [shop, wallet] = [await openShop(opening), await openWallet(opening)]
    businesses.push(...[shop, wallet].filter(({ stories }) => stories.length > 0))
    if (businesses.length === 0) throw new Error(`no story is called ${options.stories?.join(', ')}`)
    const { sabotage } = options
    if (sabotage) await { shop, wallet }[sabotage.of].db.run(sql.raw(sabotage.statement))
    const run = { stage, businesses, violations, violated, faults, recoveries }
    const schedule = faultSchedule(options)
    const end = Date.now() + (options.seconds ?? 0) * 1_000
    // What a bug left undone would be waited for in vain.
    while (violations.length === 0 && (rounds < (options.rounds ?? 1) || Date.now() < end)) {
      const chosen = schedule(rounds)
      rounds += 1
      options.say(`round ${rounds}: ${chosen.join(', ')}`)
      await round(run, options.seed, rounds, chosen)
      if (violations.length > 0) break
      const closed = Date.now()
      await rest(run)
      for (const business of businesses) await business.compare()
      options.say(`  came to rest, and was compared, in ${Math.round((Date.now() - closed) / 1_000)} s`)
    }
  } catch (error) {
    // What does not even start shows nothing.
    if (rounds === 0) {
      await stage.close({ keep: false })
      throw error
    }
    violated('stuck', error instanceof Error ? (error.stack ?? error.message) : String(error))
  }
  const kept = await stage.close({ keep: violations.length > 0 && !options.forget })
  return {
    rounds,
    tally,
    businesses: businesses.map((business) => business.summary()),
    faults,
    recoveriesMs: recoveries.all,
    violations,
    kept,
  }
}

/** Every kind of fault comes once before one comes again; three in a round. */
function faultSchedule({ seed, faults }: TortureOptions): (round: number) => FaultName[] {
  return (round) => {
    const perRound = 3
    const rounds = Math.max(1, Math.ceil(faults.length / perRound))
    const shuffled = randomOf(seed, 'faults', Math.floor(round / rounds)).shuffled(faults)
    const at = (round % rounds) * perRound
    return shuffled.slice(at, at + perRound)
  }
}

async function round(run: Run, seed: string, number: number, chosen: readonly FaultName[]): Promise<void> {
  const { stage, businesses, violations, violated, faults, recoveries } = run
  let isOpen = true
  const live = async ({ stories }: Business, which: number, lane: number) => {
    const random = randomOf(seed, 'lane', number, which, lane)
    try {
      while (isOpen && violations.length === 0) await random.pick(stories)(random)
    } catch (error) {
      // Noted at once: nobody looks at this promise before the round is over.
      violated('stuck', error instanceof Error ? (error.stack ?? error.message) : String(error))
    }
  }
  const forgetting = forgetLimits(businesses, () => isOpen)
  const living = businesses.flatMap((business, which) =>
    Array.from({ length: LANES / businesses.length }, (_, lane) => live(business, which, lane)),
  )
  const random = randomOf(seed, 'strike', number)
  const end = Date.now() + ROUND_MS
  for (const name of chosen) {
    await wait(300 + random.int(900))
    faults.set(name, (faults.get(name) ?? 0) + 1)
    if (KILLS.test(name)) recoveries.struck()
    await FAULTS[name](stage, random)
  }
  while (Date.now() < end && violations.length === 0) await wait(100)
  isOpen = false
  await heal(stage)
  await Promise.all([...living, forgetting])
}

/** Five orders a minute would make every race a rare one. */
async function forgetLimits(businesses: readonly Business[], isOpen: () => boolean): Promise<void> {
  while (isOpen()) {
    for (const { db } of businesses) {
      // The server may be away just now.
      await db.run(sql`delete from niaga.kv where key like 'rate:%'`).catch(() => undefined)
    }
    await wait(250)
  }
}

/** Deadlines pass, late looks are taken, and whatever is due is done. */
async function rest(run: Run): Promise<void> {
  for (const business of run.businesses) await business.release()
  await calm(run)
  // The deadline; the looks after it; the last one a day later.
  for (const step of [
    { minutes: 11 },
    { minutes: 16 },
    { hours: 1, minutes: 1 },
    { hours: 24, minutes: 1 },
  ]) {
    await run.stage.advance(step)
    await calm(run)
  }
}

/** What one job leaves to another is there within this time. */
const QUIET_MS = 1_500

async function calm({ businesses }: Run): Promise<void> {
  let quietSince = Date.now()
  await until(async () => {
    for (const business of businesses) if (await business.isBusy()) quietSince = Date.now()
    return Date.now() - quietSince > QUIET_MS
  }, REST_MS)
}

class Recoveries {
  readonly all: number[] = []
  #since: number | undefined

  struck(): void {
    this.#since = Date.now()
  }

  /** Something was asked for then, and is now acknowledged. */
  acknowledged(askedAt: number): void {
    if (this.#since === undefined || askedAt < this.#since) return
    this.all.push(Date.now() - this.#since)
    this.#since = undefined
  }
}
