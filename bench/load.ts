/**
 * Half an hour of a busy shop at a share of its measured ceiling: does anything grow that should not? Orders, pages
 * and histories arrive at a fixed rate, whether or not the ones before are answered; every minute memory, latency,
 * connections, jobs, messages, the audit's outbox and dead rows are written down.
 *
 *     node bench/load.ts [--minutes 30] [--share 0.7]
 */
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { addCustomers, addGoods, buys, signIn } from './lib/customers.ts'
import { benchHouse, query, residentMb } from './lib/house.ts'
import { measure } from './lib/load.ts'
import { describeMachine } from './lib/machine.ts'
import { quantile } from './lib/numbers.ts'
import { publish } from './lib/report.ts'
import { FIRST_PRODUCT, fillHistory } from './lib/shop-history.ts'

const PRODUCTS = 50
const CEILING_ORDERS = 1_000
const IN_FLIGHT = 16
/** For one order, so many pages are read. */
const READS_PER_ORDER = 4
const CUSTOMERS = 5_000

const { values: options } = parseArgs({
  options: { minutes: { type: 'string', default: '30' }, share: { type: 'string', default: '0.7' } },
})
const [minutes, share] = [Number(options.minutes), Number(options.share)]

await using house = await benchHouse()
const shop = house.database('db_store1')
await fillHistory(shop, { orders: 100_000, users: 20_000, products: PRODUCTS, stock: 100 })
const products = Array.from({ length: PRODUCTS }, (_, i) => FIRST_PRODUCT + i)
await addCustomers(house, CUSTOMERS)
const tokens = await signIn(house.url, CUSTOMERS)
await addGoods(shop, products, CEILING_ORDERS / PRODUCTS)
let orders = 0
const ceiling = (await measure(CEILING_ORDERS, IN_FLIGHT, mixed)).rate
const rate = ceiling * share

interface Minute {
  readonly p50Ms: number
  readonly p99Ms: number
  readonly rssMb: number
  readonly connections: number
  readonly jobs: number
  readonly messages: number
  readonly audit: number
  readonly deadRows: number
}

const told: Minute[] = []
let failures = 0
for (let minute = 0; minute < minutes; minute++) {
  await addGoods(shop, products, Math.ceil((rate * 60) / PRODUCTS) + 1)
  told.push(await oneMinute())
  console.error(`minute ${minute + 1} of ${minutes}: ${JSON.stringify(told.at(-1))}`)
}
if (failures > 0) process.exitCode = 1
await publish({
  name: 'load',
  title: `${minutes} minutes under load (\`node bench/load.ts\`)`,
  settings: [
    ...(await describeMachine(house.serverUrl)).map((line) => `${line}.`),
    `Ceiling with ${IN_FLIGHT} in flight: ${ceiling.toFixed(0)} orders a second, each with ${READS_PER_ORDER} pages read; load at ${share * 100} % of it: ${rate.toFixed(0)} orders a second at fixed times. Requests that failed: ${failures}.`,
  ],
  tables: [
    {
      head: ['', 'first minute', 'middle', 'last minute'],
      rows: [
        line('an order with its pages, p50', (m) => `${m.p50Ms.toFixed(0)} ms`),
        line('an order with its pages, p99', (m) => `${m.p99Ms.toFixed(0)} ms`),
        line('resident memory', (m) => `${m.rssMb.toFixed(0)} MB`),
        line('database connections', (m) => String(m.connections)),
        line('jobs waiting', (m) => String(m.jobs)),
        line('messages waiting', (m) => String(m.messages)),
        line('audit rows waiting', (m) => String(m.audit)),
        line('dead rows of all tables', (m) => m.deadRows.toLocaleString('en-US')),
      ],
    },
  ],
  charts: [
    chart('How long an order takes, minute by minute', 'milliseconds', {
      p50: (m) => m.p50Ms,
      p99: (m) => m.p99Ms,
    }),
    chart('Resident memory, minute by minute', 'MB', { memory: (m) => m.rssMb }),
  ],
})

async function mixed(n: number): Promise<void> {
  const token = tokens[n % CUSTOMERS] ?? ''
  const product = products[n % PRODUCTS] ?? FIRST_PRODUCT
  const paths = [`/products/${product}`, '/products?limit=10', '/me', '/me/transactions?limit=10']
  for (const path of paths.slice(0, READS_PER_ORDER)) {
    const answer = await fetch(`${house.url}/quickcart/v1${path}`, {
      headers: { authorization: `Bearer ${token}` },
    })
    await answer.text()
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}`)
  }
  orders += 1
  await buys(house.url, token, product, `load-${orders}-${n}`)
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
    const flight = mixed(orders)
      .then(() => void latencies.push(performance.now() - due))
      .catch((error: unknown) => {
        failures += 1
        console.error(String(error))
      })
      .finally(() => flying.delete(flight))
    flying.add(flight)
  }
  await Promise.all(flying)
  const [state] = await query<Omit<Minute, 'p50Ms' | 'p99Ms' | 'rssMb'>>(
    shop,
    `select (select count(*) from pg_stat_activity where backend_type = 'client backend')::int as connections,
      (select count(*) from graphile_worker._private_jobs where run_at <= now())::int as jobs,
      (select count(*) from telegram_outbox where status in ('queued', 'sending'))::int as messages,
      (select count(*) from audit.outbox)::int as audit,
      (select sum(n_dead_tup) from pg_stat_user_tables)::int as "deadRows"`,
  )
  if (!state) throw new Error('the database says nothing')
  return {
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    rssMb: residentMb(house.process),
    ...state,
  }
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
