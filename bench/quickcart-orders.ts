/**
 * Whole balance orders over HTTP against the real application: sign-in checked, order, stock, money, paid,
 * delivery and audit rows written, each by another customer. Beside them one row read from the database, and a bare
 * route that reads nothing.
 *
 *     node bench/quickcart-orders.ts [--orders 2000] [--runs 3]
 */
import { parseArgs } from 'node:util'
import { addCustomers, addGoods, buys, signIn } from './lib/customers.ts'
import { benchHouse, query } from './lib/house.ts'
import { cells, type Measured, measure, middle } from './lib/load.ts'
import { describeMachine } from './lib/machine.ts'
import { publish } from './lib/report.ts'
import { FIRST_PRODUCT, fillHistory } from './lib/shop-history.ts'

const IN_FLIGHT = [1, 4, 16, 64]
/** The one whose figures are quoted. */
const QUOTED = 16
const PRODUCTS = 20

const { values: options } = parseArgs({
  options: { orders: { type: 'string', default: '2000' }, runs: { type: 'string', default: '3' } },
})
const [orders, runs] = [Number(options.orders), Number(options.runs)]

await using house = await benchHouse()
const shop = house.database('db_store1')
await fillHistory(shop, { orders: 10_000, users: 5_000, products: PRODUCTS, stock: 100 })
const products = Array.from({ length: PRODUCTS }, (_, i) => FIRST_PRODUCT + i)
let bought = 0

const bare = await measure(5_000, QUOTED, () => read('/health/live'))
const row = await measure(5_000, QUOTED, () => read(`/quickcart/v1/products/${FIRST_PRODUCT}`))
const hot = middle(await repeat(QUOTED, [FIRST_PRODUCT]))
const spread: (readonly [number, Measured])[] = []
for (const inFlight of IN_FLIGHT) {
  spread.push([inFlight, middle(await repeat(inFlight, products))])
}
await prove()
await publish({
  name: 'quickcart-orders',
  title: 'A whole balance order over HTTP (`node bench/quickcart-orders.ts`)',
  settings: [
    ...(await describeMachine(house.serverUrl)).map((line) => `${line}.`),
    `The real application as a process of its own; ${orders} orders a run, each by another signed-in customer, median of ${runs} runs.`,
    'Relay and sender work meanwhile, on the same processors as the client.',
  ],
  tables: [
    {
      head: ['what', 'rate', 'p50', 'p99', 'of the bare route'],
      rows: [
        cells(`a route that reads nothing, ${QUOTED} in flight (reference)`, bare, bare),
        cells(`one product, ${QUOTED} in flight`, row, bare),
        ...spread.map(([inFlight, measured]) =>
          cells(`orders of ${PRODUCTS} products, ${inFlight} in flight`, measured, bare),
        ),
        cells(`orders of one product, ${QUOTED} in flight`, hot, bare),
      ],
    },
  ],
  charts: [
    {
      title: 'Orders a second over requests in flight',
      x: { label: 'requests in flight', logarithmic: true },
      y: { label: 'orders a second' },
      series: [{ name: 'orders', points: spread.map(([x, { rate }]) => [x, rate] as const) }],
    },
    {
      title: 'How long an order takes',
      x: { label: 'requests in flight', logarithmic: true },
      y: { label: 'milliseconds' },
      series: [
        { name: 'p50', points: spread.map(([x, { p50Ms }]) => [x, p50Ms] as const) },
        { name: 'p99', points: spread.map(([x, { p99Ms }]) => [x, p99Ms] as const) },
      ],
    },
  ],
})

async function repeat(inFlight: number, sold: readonly number[]): Promise<Measured[]> {
  const results: Measured[] = []
  for (let run = 0; run < runs; run++) {
    const first = bought
    bought += orders
    await addCustomers(house, orders, first)
    await addGoods(shop, sold, Math.ceil(orders / sold.length))
    const tokens = await signIn(house.url, orders, first)
    results.push(
      await measure(orders, inFlight, (n) =>
        buys(house.url, tokens[n] ?? '', sold[n % sold.length] ?? FIRST_PRODUCT, `bench-${first + n}`),
      ),
    )
  }
  return results
}

async function read(path: string): Promise<void> {
  const answer = await fetch(`${house.url}${path}`)
  await answer.text()
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`)
}

/** A fast order that is not in the books would be worth nothing. */
async function prove(): Promise<void> {
  const [counted] = await query<{ paid: number }>(
    shop,
    `select count(*)::int as paid from orders where status = 'paid' and payment_method = 'account_balance'`,
  )
  const problems = await query(shop, 'select * from ledger.verify()')
  if (counted?.paid !== bought || problems.length > 0) {
    throw new Error(
      `${counted?.paid} of ${bought} orders are paid; the ledger has ${problems.length} problems`,
    )
  }
}
