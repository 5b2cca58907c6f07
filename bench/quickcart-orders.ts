/**
 * Whole balance orders over HTTP against the real application: sign-in checked, order, stock, money, paid,
 * delivery and audit rows written, each by another customer.
 *
 *     node bench/quickcart-orders.ts [orders per run] [in flight] [runs]
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { createHash, createHmac } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { describeMachine } from './lib/machine.ts'
import { median, perSecond, quantile, table } from './lib/numbers.ts'

const MAIN = join(import.meta.dirname, '..', 'src', 'app', 'main.ts')
/** The sandbox's own, which only the simulator accepts. */
const BOT_TOKEN = '900000000:SANDBOX-quickcart-bot-token-0000000'
const FIRST_USER = 500_000_000
const PRODUCT = 1

const [orders = 2_000, inFlight = 16, runs = 3] = process.argv.slice(2).map(Number)
const data = await mkdtemp(join(tmpdir(), 'niaga-bench-orders-'))
const environment = { ...process.env, NIAGA_DATA: data, NIAGA_PORT: '0', NIAGA_LOG_LEVEL: 'warn' }
const { child, url } = await start()
try {
  const database = await databaseUrl()
  console.log((await describeMachine(database)).join('\n'))
  await prepare(database, orders * runs)
  const tokens = await signIn(orders * runs)
  const reads = await measure(orders, () => fetch(`${url}/quickcart/v1/products/${PRODUCT}`))
  const results = []
  for (let run = 0; run < runs; run++) {
    results.push(await measure(orders, (n) => placeOrder(tokens[run * orders + n] ?? '', run * orders + n)))
  }
  report(reads, results)
  const { rows } = await query(database, "select count(*)::int as paid from orders where status = 'paid'")
  const problems = await query(database, 'select * from ledger.verify()')
  console.log(`paid orders in the database: ${rows[0]?.paid}; ledger violations: ${problems.rowCount}`)
} finally {
  await stop(child)
  await rm(data, { recursive: true, force: true })
}

interface Measured {
  readonly rate: number
  readonly p50: number
  readonly p99: number
}

async function measure(count: number, call: (n: number) => Promise<Response>): Promise<Measured> {
  const latencies: number[] = []
  let next = 0
  const begun = performance.now()
  const worker = async () => {
    for (let n = next++; n < count; n = next++) {
      const before = performance.now()
      const answer = await call(n)
      const text = await answer.text()
      if (!answer.ok) throw new Error(`${answer.status}: ${text}`)
      latencies.push(performance.now() - before)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, worker))
  const seconds = (performance.now() - begun) / 1000
  return { rate: count / seconds, p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) }
}

function report(reads: Measured, results: readonly Measured[]): void {
  const middle = (pick: (one: Measured) => number) => median(results.map(pick))
  const row = (name: string, rate: number, p50: number, p99: number) => [
    name,
    perSecond(rate),
    `${p50.toFixed(1)} ms`,
    `${p99.toFixed(1)} ms`,
    `${(rate / reads.rate).toFixed(2)}`,
  ]
  console.log(`${orders} orders a run, ${inFlight} in flight, median of ${runs} runs\n`)
  console.log(
    table(
      ['what', 'rate', 'p50', 'p99', 'ratio'],
      [
        row('GET /products/1 (reference)', reads.rate, reads.p50, reads.p99),
        row(
          'POST /orders, balance',
          middle((r) => r.rate),
          middle((r) => r.p50),
          middle((r) => r.p99),
        ),
      ],
    ),
  )
}

function placeOrder(token: string, n: number): Promise<Response> {
  return fetch(`${url}/quickcart/v1/orders`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'idempotency-key': `bench-${n}`,
    },
    body: JSON.stringify({
      items: [{ product_id: PRODUCT, quantity: 1 }],
      payment_method: 'account_balance',
    }),
  })
}

/** Customers with enough balance, and one good for each. */
async function prepare(database: string, count: number): Promise<void> {
  await query(
    database,
    `insert into users (id, name, bank_id, account_balance)
     select $1::bigint + n, 'Customer ' || n, lpad((200000 + n)::text, 6, '0'), 100000 from generate_series(0, $2::int - 1) n`,
    [FIRST_USER, count],
  )
  await query(
    database,
    `insert into product_stocks (product_id, content) select $1, 'key ' || n from generate_series(1, $2::int) n`,
    [PRODUCT, count],
  )
  await query(database, 'vacuum analyze')
}

async function signIn(count: number): Promise<string[]> {
  const tokens = new Array<string>(count)
  let next = 0
  const worker = async () => {
    for (let n = next++; n < count; n = next++) {
      const answer = await fetch(`${url}/quickcart/v1/auth/telegram`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ login: loginOf(FIRST_USER + n) }),
      })
      const { access_token: token }: { access_token?: string } = JSON.parse(await answer.text())
      if (!token) throw new Error(`sign-in failed: ${answer.status}`)
      tokens[n] = token
    }
  }
  await Promise.all(Array.from({ length: inFlight }, worker))
  return tokens
}

/** What Telegram's login widget would sign. */
function loginOf(id: number) {
  const fields = { auth_date: Math.floor(Date.now() / 1000), first_name: 'Customer', id }
  const text = Object.entries(fields)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n')
  const key = createHash('sha256').update(BOT_TOKEN).digest()
  return { ...fields, hash: createHmac('sha256', key).update(text).digest('hex') }
}

async function query(database: string, text: string, values: unknown[] = []) {
  const client = new pg.Client({ connectionString: database })
  await client.connect()
  try {
    return await client.query(text, values)
  } finally {
    await client.end()
  }
}

async function databaseUrl(): Promise<string> {
  const asked = spawn(process.execPath, [MAIN, 'db', 'url', 'db_store1'], { env: environment })
  let text = ''
  for await (const chunk of asked.stdout) text += String(chunk)
  return text.trim()
}

async function start(): Promise<{ child: ChildProcess; url: string }> {
  const started = spawn(process.execPath, ['--max-semi-space-size=2', MAIN, 'start'], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  for await (const chunk of started.stdout) {
    text += String(chunk)
    const found = /is ready[\s\S]*?(http:\/\/[^/\s]+)\//.exec(text)?.[1]
    if (found) return { child: started, url: found }
  }
  throw new Error(`it ended before it was ready: ${text}`)
}

async function stop(process: ChildProcess): Promise<void> {
  const exited = once(process, 'exit')
  process.kill('SIGTERM')
  await exited
}
