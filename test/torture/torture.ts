/** The run: rounds of shopping under faults; after each, everything is brought to rest and compared. */
import { setTimeout as wait } from 'node:timers/promises'
import { sql } from '../../src/postgres/sql.ts'
import { readOperations } from '../fuzz/openapi.ts'
import { randomOf } from '../random.ts'
import { schedulesAreDue } from '../schedules.ts'
import { until } from '../until.ts'
import type { Cast } from './cast.ts'
import { Client } from './client.ts'
import { compare } from './compare.ts'
import { FAULTS, type FaultName, heal } from './faults.ts'
import { Model } from './model.ts'
import { ADMIN, openStage, type Stage } from './stage.ts'
import { load } from './stories/goods.ts'
import { storiesFor } from './stories/index.ts'

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
  /** Something is done to the database before anybody comes. */
  readonly sabotage?: string
  say(text: string): void
}

export interface TortureReport {
  readonly rounds: number
  readonly asked: number
  readonly acknowledged: number
  readonly refused: number
  /** Tries without a definite answer, by what came instead; requests that got one later. */
  readonly unknown: ReadonlyMap<string, number>
  readonly resolved: number
  readonly orders: number
  readonly paid: number
  readonly deposits: number
  readonly faults: ReadonlyMap<string, number>
  /** From each kill to the first acknowledged change that was asked for after it. */
  readonly recoveriesMs: readonly number[]
  readonly violations: readonly { readonly oracle: string; readonly detail: string }[]
  /** Where everything is kept, after a violation. */
  readonly kept: string | undefined
}

const PEOPLE = 24
const SAVERS = 3
const LANES = 8
const VOUCHERS = 60
const PRICES = [10_000, 25_000, 7_805, 99_000]
/** People shop this long before everything comes to rest. */
const ROUND_MS = 9_000
const REST_MS = 240_000
const KILLS = /kill|terminate|cut/

export async function torture(options: TortureOptions): Promise<TortureReport> {
  const model = new Model()
  const stage = await openStage(options.root)
  const faults = new Map<string, number>()
  let rounds = 0
  let client = new Client(stage, model)
  const recoveries = new Recoveries()
  try {
    await stage.start()
    client = new Client(stage, model)
    client.onAcknowledged = (askedAt) => recoveries.acknowledged(askedAt)
    const cast = await prepare(stage, model, client)
    if (options.sabotage !== undefined) await stage.db.run(sql.raw(options.sabotage))
    const schedule = faultSchedule(options)
    const end = Date.now() + (options.seconds ?? 0) * 1_000
    while (rounds < (options.rounds ?? 1) || Date.now() < end) {
      const chosen = schedule(rounds)
      rounds += 1
      options.say(`round ${rounds}: ${chosen.join(', ')}`)
      await round(cast, options, rounds, chosen, faults, recoveries)
      // What a bug left undone would be waited for in vain.
      if (model.violations.length > 0) break
      const shopped = Date.now()
      await rest(stage, cast)
      await compare(stage, model)
      options.say(`  came to rest, and was compared, in ${Math.round((Date.now() - shopped) / 1_000)} s`)
      if (model.violations.length > 0) break
    }
  } catch (error) {
    // What does not even start shows nothing.
    if (rounds === 0) {
      await stage.close({ keep: false })
      throw error
    }
    model.violated('stuck', error instanceof Error ? (error.stack ?? error.message) : String(error))
  }
  const kept = await stage.close({ keep: model.violations.length > 0 && !options.forget })
  const { counts } = client
  return {
    rounds,
    asked: counts.asked,
    acknowledged: counts.acknowledged,
    refused: counts.refused,
    unknown: counts.unknown,
    resolved: counts.resolved,
    orders: model.orders.size,
    paid: [...model.orders.values()].filter(({ paidTold }) => paidTold).length,
    deposits: model.deposits.size,
    faults,
    recoveriesMs: recoveries.all,
    violations: model.violations,
    kept,
  }
}

/** Products, vouchers, and people with money. */
async function prepare(stage: Stage, model: Model, client: Client): Promise<Cast> {
  const { db } = stage
  const people = Array.from({ length: PEOPLE }, (_, i) => 600_000_001 + i)
  stage.telegram.addUser({ id: ADMIN, first_name: 'Admin' })
  // Nobody reads the administrator's chat here, and a thousand notices at one a second would be waited for.
  stage.telegram.blockBot(ADMIN)
  for (const id of people) {
    stage.telegram.addUser({ id, first_name: `Orang ${id % 100}` })
    await client.ask(id, '/me')
    await db.run(sql`
      select post_transfers(${`adj:torture-${id}`}, array['adjustments'], array[${`user.${id}`}], array[400000::numeric])`)
    model.opening.set(id, 400_000)
  }
  const savers = Array.from({ length: SAVERS }, (_, i) => 600_000_901 + i)
  for (const id of savers) {
    stage.telegram.addUser({ id, first_name: `Penabung ${id % 100}` })
    await client.ask(id, '/me')
    model.opening.set(id, 0)
  }
  for (const [i, price] of PRICES.entries()) {
    await db.run(sql`select create_product(${i + 1}, ${`Produk ${i + 1}`}, null, ${price}, null)`)
    model.prices.set(i + 1, price)
  }
  for (let i = 0; i < VOUCHERS; i++) {
    const [code, amount] = [`TORTUR${String(i).padStart(2, '0')}`, [5_000, 10_000, 40_000][i % 3] ?? 5_000]
    await db.run(sql`
      insert into vouchers (code, amount, created_by, expires_at)
        values (${code}, ${amount}, ${ADMIN}, now() + interval '10 years')`)
    model.vouchers.set(code, amount)
  }
  const operations = await readOperations(stage.origin)
  let last = 0
  const cast: Cast = {
    stage,
    model,
    client,
    people,
    savers,
    products: PRICES.map((_, i) => i + 1),
    paths: new Set(operations.map(({ path }) => path)),
    background: new Set(),
    taken: new Set(),
    next: () => ++last,
  }
  for (const product of cast.products) await load(cast, product, product === 1 ? 6 : 60)
  return cast
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

async function round(
  cast: Cast,
  { seed, stories: names }: TortureOptions,
  number: number,
  chosen: readonly FaultName[],
  faults: Map<string, number>,
  recoveries: Recoveries,
): Promise<void> {
  const stories = storiesFor(cast, names)
  let isOpen = true
  const shop = async (lane: number) => {
    const random = randomOf(seed, 'lane', number, lane)
    while (isOpen && cast.model.violations.length === 0) await random.pick(stories)(cast, random)
  }
  const forgetting = forgetLimits(cast.stage, () => isOpen)
  const shopping = Array.from({ length: LANES }, (_, lane) => shop(lane))
  const random = randomOf(seed, 'strike', number)
  const end = Date.now() + ROUND_MS
  for (const name of chosen) {
    await wait(300 + random.int(900))
    faults.set(name, (faults.get(name) ?? 0) + 1)
    if (KILLS.test(name)) recoveries.struck()
    await FAULTS[name](cast.stage, random)
  }
  while (Date.now() < end && cast.model.violations.length === 0) await wait(100)
  isOpen = false
  await heal(cast.stage)
  await Promise.all([...shopping, forgetting])
}

/** Five orders a minute would make every race a rare one. */
async function forgetLimits(stage: Stage, isOpen: () => boolean): Promise<void> {
  while (isOpen()) {
    // The server may be away just now.
    await stage.db.run(sql`delete from niaga.kv where key like 'rate:%'`).catch(() => undefined)
    await wait(250)
  }
}

/** Deadlines pass, late looks are taken, and whatever is due is done. */
async function rest(stage: Stage, cast: Cast): Promise<void> {
  await Promise.all(cast.background)
  await stage.pakasir.webhooks.release('reversed')
  await calm(stage)
  // The deadline; the looks after it; the last one a day later.
  for (const step of [
    { minutes: 11 },
    { minutes: 16 },
    { hours: 1, minutes: 1 },
    { hours: 24, minutes: 1 },
  ]) {
    await stage.advance(step)
    await calm(stage)
  }
}

/** What one job leaves to another is there within this time. */
const QUIET_MS = 1_500

async function calm({ db, pakasir, clock }: Stage): Promise<void> {
  let quietSince = Date.now()
  await until(async () => {
    await pakasir.webhooks.settled()
    const { busy } = await db.one<{ busy: boolean }>(sql`
      select exists (select from graphile_worker._private_jobs j
          where locked_at is not null or (run_at <= now() + interval '1 second' and attempts < max_attempts))
        or exists (select from telegram_outbox where status = 'sending'
          or (status = 'queued' and next_attempt_at <= ${clock.now()}))
        or exists (select from niaga.inbox where status = 'processing')
        or exists (select from audit.outbox) as busy`)
    if (busy || (await schedulesAreDue(db, clock.now()))) quietSince = Date.now()
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
