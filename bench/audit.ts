/**
 * How fast the audit relay carries rows into the hash-chained table, next to COPY of as many rows into a bare one;
 * how fast the chain is proved; and how far the relay lags behind a shop that sells.
 *
 *     node bench/audit.ts [--rows 50000] [--runs 3]
 */
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { silentLog } from '../src/kernel/log.ts'
import { auditBacklog, drainAudit } from '../src/platform/audit/relay.ts'
import { verifyAudit } from '../src/platform/audit/verify.ts'
import { openDatabase } from '../src/postgres/database.ts'
import { quickcartErrors } from '../src/systems/quickcart/errors.ts'
import { addCustomers, addGoods, buys, signIn } from './lib/customers.ts'
import { benchHouse, query } from './lib/house.ts'
import { measure } from './lib/load.ts'
import { describeMachine } from './lib/machine.ts'
import { median, perSecond, quantile } from './lib/numbers.ts'
import { publish } from './lib/report.ts'
import { FIRST_PRODUCT, fillHistory } from './lib/shop-history.ts'

const ORDERS = 1_000
const IN_FLIGHT = 8

const { values: options } = parseArgs({
  options: { rows: { type: 'string', default: '50000' }, runs: { type: 'string', default: '3' } },
})
const [rows, runs] = [Number(options.rows), Number(options.runs)]

await using house = await benchHouse()
const [shopUrl, auditsUrl] = [house.database('db_store1'), house.database('db_audits')]
const open = (name: string, url: string) =>
  openDatabase({ name, url, errors: quickcartErrors, log: silentLog })
const [source, target] = [open('db_store1', shopUrl), open('db_audits', auditsUrl)]

await fillHistory(shopUrl, { orders: 10_000, users: 5_000, products: 20, stock: 100 })
await addCustomers(house, ORDERS)
await addGoods(shopUrl, [FIRST_PRODUCT], ORDERS)
const tokens = await signIn(house.url, ORDERS)
const lag = await lagUnderLoad()
await quiet()

const copied: number[] = []
const relayed: number[] = []
const proved: number[] = []
for (let run = 0; run < runs; run++) {
  copied.push(await copyRate())
  relayed.push(await relayRate())
  const begun = performance.now()
  const result = await verifyAudit({ source, target, anchorPath: '/dev/null' })
  if (!result.ok) throw new Error(`the chain is broken at ${result.firstBadId}: ${result.problem}`)
  proved.push(Number(result.checked) / ((performance.now() - begun) / 1000))
}
await publish({
  name: 'audit',
  title: 'The audit (`node bench/audit.ts`)',
  settings: [
    ...(await describeMachine(house.serverUrl)).map((line) => `${line}.`),
    `${rows} rows a run, ${runs} runs in turn, medians; the lag while ${ORDERS} balance orders are placed with ${IN_FLIGHT} in flight.`,
  ],
  tables: [
    {
      head: ['what', 'measured', 'of COPY'],
      rows: [
        ['COPY into a bare table of the same columns (reference)', perSecond(median(copied)), '1.00 ×'],
        ['relayed: read, chained, anchored, deleted', perSecond(median(relayed)), of(relayed)],
        ['proved: every hash and link', perSecond(median(proved)), of(proved)],
        ['rows waiting while orders are placed, median', String(quantile(lag.waiting, 0.5)), ''],
        ['age of the oldest waiting row, median', `${quantile(lag.ageMs, 0.5).toFixed(0)} ms`, ''],
        ['age of the oldest waiting row, 99 %', `${quantile(lag.ageMs, 0.99).toFixed(0)} ms`, ''],
        ['empty again after the last order', `${lag.emptyAfterMs.toFixed(0)} ms`, ''],
      ],
    },
  ],
})
await Promise.all([source.close(), target.close()])

function of(rates: readonly number[]): string {
  return `${median(rates.map((rate, i) => rate / (copied[i] ?? Number.NaN))).toFixed(2)} ×`
}

async function copyRate(): Promise<number> {
  await query(auditsUrl, 'create table copied (like audit_logs)')
  try {
    const begun = performance.now()
    await query(
      auditsUrl,
      `copy copied (id, timestamp, actor_id, actor_type, entity_type, entity_id, action, before_state, after_state,
          event_id, subject_id, payload_salt, payload_hash, prev_hash, row_hash)
        from program '/usr/bin/env awk ''BEGIN { for (n = 1; n <= ${rows}; n++) printf "%d\\t2026-01-01\\t7\\tuser\\torders\\t%d\\tupdate\\t{\\"status\\": \\"pending\\", \\"total\\": \\"30520.00\\"}\\t{\\"status\\": \\"paid\\", \\"total\\": \\"30520.00\\"}\\t%08x-0000-4000-8000-000000000000\\t7\\t%064d\\t%064d\\t%064d\\t%064d\\n", n, n, n, n, n, n, n }'''`,
    )
    return rows / ((performance.now() - begun) / 1000)
  } finally {
    await query(auditsUrl, 'drop table copied')
  }
}

/** The house's own relay is at work too and takes its turn; together they empty the outbox. */
async function relayRate(): Promise<number> {
  await query(
    shopUrl,
    `insert into audit.outbox (occurred_at, actor_id, actor_type, subject_id, entity_type, entity_id, action,
        before_state, after_state)
      select now(), '7', 'user', '7', 'orders', n::text, 'update', '{"status": "pending", "total": "30520.00"}',
        '{"status": "paid", "total": "30520.00"}' from generate_series(1, $1::int) n`,
    [rows],
  )
  const begun = performance.now()
  await quiet()
  return rows / ((performance.now() - begun) / 1000)
}

async function quiet(): Promise<void> {
  do {
    await drainAudit({ source, target })
  } while ((await auditBacklog(source)).waiting > 0)
}

async function lagUnderLoad() {
  const [waiting, ageMs]: [number[], number[]] = [[], []]
  let selling = true
  const watch = async () => {
    while (selling) {
      const backlog = await auditBacklog(source)
      waiting.push(backlog.waiting)
      ageMs.push(backlog.oldest ? Date.now() - backlog.oldest.getTime() : 0)
      await wait(100)
    }
  }
  const watching = watch()
  await measure(ORDERS, IN_FLIGHT, (n) => buys(house.url, tokens[n] ?? '', FIRST_PRODUCT, `lag-${n}`))
  const ended = performance.now()
  selling = false
  await watching
  while ((await auditBacklog(source)).waiting > 0) await wait(10)
  return { waiting, ageMs, emptyAfterMs: performance.now() - ended }
}
