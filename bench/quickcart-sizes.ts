/**
 * Does a shop with millions of orders sell as fast as one with thousands? The same checkouts and pages in a shop of
 * every size; then, in the largest, every page and every job once more while PostgreSQL writes down its plans: a
 * sequential scan of a large table is named.
 *
 *     node bench/quickcart-sizes.ts [--sizes 10000,5000000] [--users 990000] [--runs 9] [--keep folder]
 *
 * Five million orders take a quarter of an hour to write and 15 GB; kept, they are there for the next run.
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { addCustomers, addGoods, buys, FIRST_CUSTOMER, signIn } from './lib/customers.ts'
import { type BenchHouse, benchHouse, idle, query } from './lib/house.ts'
import { type Measured, measure, middle } from './lib/load.ts'
import { describeMachine } from './lib/machine.ts'
import { perSecond } from './lib/numbers.ts'
import { EXPLAIN_EVERYTHING, logEnd, sequentialScans } from './lib/plans.ts'
import { publish } from './lib/report.ts'
import { FIRST_PRODUCT, fillHistory } from './lib/shop-history.ts'

const IN_FLIGHT = 8
const ORDERS = 600
const PAGES = 300
const PRODUCTS = 1_000
/** A table of fewer rows may well be read whole. */
const LARGE = 5_000

/** What looks at everything because that is its task, at night or at most every ten minutes. */
const WHOLE_BY_DESIGN = [
  /with owed as \(/, // reconcile(): every order and payment against the ledger
  /from ledger\./, // ledger.verify(): every transfer
  /^select count\(\*\)::int as n from (users|orders)/, // /stats, kept for ten minutes
]

const { values: options } = parseArgs({
  options: {
    sizes: { type: 'string', default: '10000,5000000' },
    users: { type: 'string', default: '990000' },
    runs: { type: 'string', default: '9' },
    keep: { type: 'string' },
  },
})
const sizes = options.sizes.split(',').map(Number)
const [users, runs] = [Number(options.users), Number(options.runs)]

const pages = {
  'catalogue, a category': '/products?category=Kategori%207&limit=10',
  'catalogue, best sellers': '/products?sort=sold&limit=10',
  'one product': `/products/${FIRST_PRODUCT}`,
  'top buyers': '/top-buyers',
  statistics: '/stats',
  'my history': '/me/transactions',
  'my orders': '/orders',
} as const
type Page = keyof typeof pages

interface Round {
  readonly checkout: Measured
  readonly pages: ReadonlyMap<Page, Measured>
}

interface Shop {
  readonly house: BenchHouse
  readonly orders: number
  readonly rounds: Round[]
}

await using houses = new AsyncDisposableStack()
const shops: Shop[] = []
for (const size of sizes) shops.push(await openShop(size))
// In turn, each time the other way round: what the machine does meanwhile happens to both. The first round warms up.
for (let run = 0; run <= runs; run++) {
  for (const shop of run % 2 === 0 ? shops : shops.toReversed()) {
    const round = { checkout: await sell(shop.house), pages: await readPages(shop.house) }
    console.error(`round ${run}, ${shop.orders} orders: ${perSecond(round.checkout.rate)}`)
    if (run > 0) shop.rounds.push(round)
  }
}
const verified: number[] = []
for (const { house } of shops) verified.push(await verifyLedger(house.database('db_store1')))
const [last] = shops.slice(-1)
if (!last) throw new TypeError('no size was given')
const machine = await describeMachine(last.house.serverUrl)
const scans = await watchPlans(last.house)
await publish(report())
if (scans.length > 0) process.exitCode = 1

async function openShop(size: number): Promise<Shop> {
  const keep = options.keep === undefined ? undefined : join(options.keep, String(size))
  const house = houses.use(await benchHouse({}, keep))
  await fillHistory(house.database('db_store1'), {
    orders: size,
    users: Math.min(users, Math.max(2_000, size / 2)),
    products: PRODUCTS,
    stock: 20,
  })
  // Connections that planned for the empty shop would tell of it.
  await house.restart()
  return { house, orders: size, rounds: [] }
}

async function sell(house: BenchHouse): Promise<Measured> {
  const shop = house.database('db_store1')
  const first = await customersOf(shop)
  await addCustomers(house, ORDERS, first)
  const sold = Array.from({ length: 20 }, (_, n) => FIRST_PRODUCT + n)
  await addGoods(shop, sold, ORDERS / sold.length)
  const tokens = await signIn(house.url, ORDERS, first)
  return await measure(ORDERS, IN_FLIGHT, (n) =>
    buys(house.url, tokens[n] ?? '', sold[n % sold.length] ?? FIRST_PRODUCT, `size-${first + n}`),
  )
}

async function readPages(house: BenchHouse): Promise<Map<Page, Measured>> {
  const [token = ''] = await signIn(house.url, 1, (await customersOf(house.database('db_store1'))) - 1)
  const seen = new Map<Page, Measured>()
  for (const [name, path] of entries(pages)) {
    seen.set(name, await measure(PAGES, IN_FLIGHT, () => read(house, path, token)))
  }
  return seen
}

/** Beside those of the history; an earlier run may have left some. */
async function customersOf(shop: string): Promise<number> {
  const [{ n } = { n: 0 }] = await query<{ n: number }>(
    shop,
    `select count(*)::int as n from users where id >= ${FIRST_CUSTOMER} and member_status = 'customer'`,
  )
  return n
}

async function read(house: BenchHouse, path: string, token: string): Promise<void> {
  const answer = await fetch(`${house.url}/quickcart/v1${path}`, {
    headers: { authorization: `Bearer ${token}` },
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${text}`)
}

async function verifyLedger(shop: string): Promise<number> {
  const begun = performance.now()
  const problems = await query(shop, 'select * from ledger.verify() limit 5')
  const differences = await query(shop, 'select * from reconcile() limit 5')
  if (problems.length + differences.length > 0) throw new Error(JSON.stringify([problems, differences]))
  return (performance.now() - begun) / 1000
}

/** Every page, an order, and every job of the schedule once, on a server that writes down each plan. */
async function watchPlans(house: BenchHouse) {
  const shop = house.database('db_store1')
  const large = await query<{ name: string }>(
    shop,
    `select relname as name from pg_class where relkind = 'r' and reltuples >= $1`,
    [LARGE],
  )
  for (const [name, value] of Object.entries(EXPLAIN_EVERYTHING)) {
    await query(house.serverUrl, `alter system set ${name} = '${value}'`)
  }
  await query(house.serverUrl, 'select pg_reload_conf()')
  await house.restart()
  const from = await logEnd(house.serverLog)
  const first = await customersOf(shop)
  await addCustomers(house, 1, first)
  const [token = ''] = await signIn(house.url, 1, first)
  await buys(house.url, token, FIRST_PRODUCT, `plan-${first}`)
  for (const path of Object.values(pages)) await read(house, path, token)
  await query(shop, `select niaga.enqueue(split_part(name, ' ', 1), '{}') from niaga.cron`)
  await idle(shop)
  const seen = await sequentialScans(house.serverLog, from, new Set(large.map(({ name }) => name)))
  return seen.filter(({ statement }) => !WHOLE_BY_DESIGN.some((known) => known.test(statement)))
}

function report() {
  const head = ['what', ...sizes.map((size) => `${size.toLocaleString('en-US')} orders`), 'last of first']
  const row = (name: string, figure: (i: number) => number, digits = 1, unit = ' ms') => {
    const values = sizes.map((_, i) => figure(i))
    const ratio = (values.at(-1) ?? Number.NaN) / (values[0] ?? Number.NaN)
    return [name, ...values.map((value) => `${value.toFixed(digits)}${unit}`), `${ratio.toFixed(2)} ×`]
  }
  const figures = shops.map(({ rounds }, i) => ({
    checkout: middle(rounds.map(({ checkout }) => checkout)),
    page: (name: Page) => middle(rounds.flatMap((round) => round.pages.get(name) ?? [])).p50Ms,
    verifyS: verified[i] ?? Number.NaN,
  }))
  const at = (i: number) => {
    const figure = figures[i]
    if (!figure) throw new TypeError(`nothing was measured at size ${i}`)
    return figure
  }
  return {
    name: 'quickcart-sizes',
    title: 'The same shop, small and large (`node bench/quickcart-sizes.ts`)',
    settings: [
      ...machine.map((line) => `${line}.`),
      `${users.toLocaleString('en-US')} people and ${PRODUCTS} products at the largest size, ${IN_FLIGHT} in flight, ${ORDERS} orders a run, medians of ${runs} ${runs === 1 ? 'round' : 'rounds'}, the sizes in turn; ${PAGES} readings of each page a round.`,
    ],
    tables: [
      {
        head,
        rows: [
          row('checkout, orders a second', (i) => at(i).checkout.rate, 0, '/s'),
          row('checkout, p50', (i) => at(i).checkout.p50Ms),
          row('checkout, p99', (i) => at(i).checkout.p99Ms),
          ...entries(pages).map(([name]) => row(`${name}, p50`, (i) => at(i).page(name), 2)),
          row('ledger.verify() and reconcile()', (i) => at(i).verifyS, 1, ' s'),
        ],
      },
      {
        head: ['large table read from end to end', 'by'],
        rows:
          scans.length > 0
            ? scans.map(({ table, statement }) => [table, `\`${statement}\``])
            : [['none', 'no page and no job']],
      },
    ],
    charts: [
      {
        title: 'What an order costs as the shop grows',
        x: { label: 'orders in the table', logarithmic: true },
        y: { label: 'milliseconds' },
        series: [
          { name: 'checkout p50', points: sizes.map((size, i) => [size, at(i).checkout.p50Ms] as const) },
          { name: 'checkout p99', points: sizes.map((size, i) => [size, at(i).checkout.p99Ms] as const) },
        ],
      },
    ],
  }
}

function entries<Key extends string, Value>(record: Readonly<Record<Key, Value>>): [Key, Value][] {
  // Object.entries forgets the keys' type; they are those of the literal.
  return Object.entries(record) as [Key, Value][]
}
