/**
 * Half an hour of a busy day at a share of its measured ceiling: does anything grow that should not? Orders, wallet
 * payments, top-ups and pages (lib/mix.ts) arrive at a fixed rate, whether or not the ones before are answered, and what
 * they leave behind is not waited for. Every minute memory, latency, connections, jobs, messages, the audit's outboxes and
 * dead rows are written down, while its last units are still under way.
 *
 *     node bench/load.ts [--minutes 30] [--share 0.7]
 */
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { benchHouse, heapMb, query, residentMb } from './lib/house.ts'
import { measure } from './lib/load.ts'
import { describeMachine } from './lib/machine.ts'
import { openMix } from './lib/mix.ts'
import { quantile } from './lib/numbers.ts'
import { publish } from './lib/report.ts'

const CEILING_UNITS = 1_000
const IN_FLIGHT = 16

const { values: options } = parseArgs({
  options: { minutes: { type: 'string', default: '30' }, share: { type: 'string', default: '0.7' } },
})
const [minutes, share] = [Number(options.minutes), Number(options.share)]

await using house = await benchHouse()
const mix = await openMix(house)
await mix.stock(CEILING_UNITS)
await mix.renew()
await mix.settled()
const ceiling = await measureCeiling()
const rate = ceiling * share
await mix.stock(rate * 60 * minutes)
await mix.renew()
await mix.settled()

interface Minute {
  readonly p50Ms: number
  readonly p99Ms: number
  readonly rssMb: number
  readonly heapMb: number
  readonly connections: number
  readonly jobs: number
  readonly messages: number
  readonly audit: number
  readonly deadRows: number
}

const told: Minute[] = []
let failures = 0
for (let minute = 0; minute < minutes; minute++) {
  told.push(await oneMinute())
  await mix.renew()
  console.error(`minute ${minute + 1} of ${minutes}: ${JSON.stringify(told.at(-1))}`)
}
if (failures > 0) process.exitCode = 1
else await mix.prove()
await publish({
  name: 'load',
  title: `Under load for ${minutes} min (\`node bench/load.ts\`)`,
  settings: [
    ...(await describeMachine(house.serverUrl)).map((line) => `${line}.`),
    `Ceiling with ${IN_FLIGHT} in flight, their jobs and audit included: ${ceiling.toFixed(1)} units a second; load at ${share * 100} % of it: ${rate.toFixed(1)} units a second at fixed times. A unit is an order of the shop with four pages read before it, and a wallet payment, held and taken, with a page; with every tenth a top-up that the gateway calls back about. Goods are there before; tokens are renewed between two minutes, and jobs and the audit are not waited for. Requests that failed: ${failures}.`,
  ],
  tables: [
    {
      head: ['', 'first minute', 'middle', 'last minute'],
      rows: [
        line('a unit, eight requests, p50', (m) => `${m.p50Ms.toFixed(0)} ms`),
        line('a unit, eight requests, p99', (m) => `${m.p99Ms.toFixed(0)} ms`),
        line('resident memory', (m) => `${m.rssMb.toFixed(0)} MB`),
        line('heap', (m) => `${m.heapMb.toFixed(0)} MB`),
        line('database connections', (m) => String(m.connections)),
        line('jobs waiting', (m) => String(m.jobs)),
        line('messages waiting', (m) => String(m.messages)),
        line('audit rows waiting', (m) => String(m.audit)),
        line('dead rows of all tables', (m) => m.deadRows.toLocaleString('en-US')),
      ],
    },
  ],
  charts: [
    chart('How long a unit takes, minute by minute', 'milliseconds', {
      p50: (m) => m.p50Ms,
      p99: (m) => m.p99Ms,
    }),
    chart('Memory, minute by minute', 'MB', { resident: (m) => m.rssMb, heap: (m) => m.heapMb }),
  ],
})

/** Units a second that can be kept up: what they leave to jobs and the audit is waited for. */
async function measureCeiling(): Promise<number> {
  const begun = performance.now()
  await measure(CEILING_UNITS, IN_FLIGHT, () => mix.one())
  await mix.settled()
  return CEILING_UNITS / ((performance.now() - begun) / 1000)
}

/** Open loop: a slow answer does not slow the arrivals down, and its waiting counts. */
async function oneMinute(): Promise<Minute> {
  const latencies: number[] = []
  const flying = new Set<Promise<void>>()
  const begun = performance.now()
  const count = Math.round(rate * 60)
  for (let n = 0; n < count; n++) {
    const due = begun + (n / rate) * 1000
    if (due > performance.now()) await wait(due - performance.now())
    const flight = mix
      .one()
      .then(() => void latencies.push(performance.now() - due))
      .catch((error: unknown) => {
        failures += 1
        console.error(String(error))
      })
      .finally(() => flying.delete(flight))
    flying.add(flight)
  }
  const shop = await backlogOf('db_store1')
  const wallets = await backlogOf('userstate')
  const [messages] = await query<{ n: number }>(
    house.database('db_store1'),
    `select count(*)::int as n from telegram_outbox where status in ('queued', 'sending')`,
  )
  const [rssMb, heap] = [residentMb(house.process), await heapMb(house)]
  await Promise.all(flying)
  return {
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    rssMb,
    heapMb: heap,
    messages: messages?.n ?? Number.NaN,
    connections: shop.connections,
    jobs: shop.jobs + wallets.jobs,
    audit: shop.audit + wallets.audit,
    deadRows: shop.deadRows + wallets.deadRows,
  }
}

/** What waits in a database; the connections are those of the whole server. */
async function backlogOf(database: string) {
  const [backlog] = await query<Pick<Minute, 'connections' | 'jobs' | 'audit' | 'deadRows'>>(
    house.database(database),
    `select (select count(*) from pg_stat_activity where backend_type = 'client backend')::int as connections,
      (select count(*) from graphile_worker._private_jobs where run_at <= now())::int as jobs,
      (select count(*) from audit.outbox)::int as audit,
      (select sum(n_dead_tup) from pg_stat_user_tables)::int as "deadRows"`,
  )
  if (!backlog) throw new Error(`${database} says nothing`)
  return backlog
}

function line(name: string, show: (minute: Minute) => string): string[] {
  const picked = [told[0], told[Math.floor(told.length / 2)], told.at(-1)]
  return [name, ...picked.map((minute) => (minute ? show(minute) : ''))]
}

function chart(title: string, label: string, series: Readonly<Record<string, (minute: Minute) => number>>) {
  return {
    title,
    x: { label: 'minute' },
    y: { label },
    series: Object.entries(series).map(([name, figure]) => ({
      name,
      points: told.map((minute, i) => [i + 1, figure(minute)] as const),
    })),
  }
}
