/**
 * A wallet of many years: a person's history and sums among ten million rows, the referrals of a million people, and
 * how fast the documents of the gateway are written, next to COPY.
 *
 *     node bench/userstate-sizes.ts [--rows 10000000] [--people 1000000] [--documents 20000] [--runs 3]
 */
import { parseArgs } from 'node:util'
import { silentLog } from '../src/kernel/log.ts'
import { openDatabase } from '../src/postgres/database.ts'
import { userstateErrors } from '../src/systems/userstate/errors.ts'
import { postgresLogs } from '../src/systems/userstate/logs/postgres-logs.ts'
import { benchHouse, query } from './lib/house.ts'
import { measure } from './lib/load.ts'
import { describeMachine } from './lib/machine.ts'
import { median, perSecond } from './lib/numbers.ts'
import { publish } from './lib/report.ts'
import { addPeople, ask, hire, STAFF, signIn } from './lib/wallet.ts'

const READINGS = 200
const IN_FLIGHT = 8
/** They have a history each, `person_1` the longest. */
const PAYERS = 1_000

const DATA = JSON.stringify({
  id: 'x'.repeat(24),
  external_id: 'INV-202611-000001',
  amount: 50_000,
  status: 'PAID',
})

const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: '10000000' },
    people: { type: 'string', default: '1000000' },
    documents: { type: 'string', default: '20000' },
    runs: { type: 'string', default: '3' },
  },
})
const [rows, people] = [Number(options.rows), Number(options.people)]
const [documents, runs] = [Number(options.documents), Number(options.runs)]

await using house = await benchHouse()
const wallets = house.database('userstate')
await hire(house)
await addPeople(house, PAYERS)

const pages = [
  ['my newest 20', '/transactions?limit=20', 'person_1'],
  ['my newest 20 of one kind', '/transactions?limit=20&type=PAYMENT', 'person_1'],
  ['my sums by status', '/transactions/summary', 'person_1'],
  ['the newest 20 of everybody', '/admin/transactions?limit=20', STAFF],
  ['one invoice of everybody', '/admin/transactions?invoice=INV-OLD-5000', STAFF],
] as const
const sizes = [10_000, 100_000, 1_000_000].filter((size) => size < rows).concat(rows)
const seen: { readonly size: number; readonly p50Ms: readonly number[] }[] = []
for (const size of sizes) {
  await fill(size)
  seen.push({ size, p50Ms: await readings() })
  console.error(`${size.toLocaleString('en-US')} rows: ${seen.at(-1)?.p50Ms.map(ms).join(', ')}`)
}
await fillReferrals()
const staff = await signIn(house, STAFF)
const stats = await timed(() => ask(house, '/admin/referrals/stats', { authorization: staff }))
const top = await timed(() => ask(house, '/admin/referrals/top', { authorization: staff }))
const [copied, written] = [await copyDocuments(), await writeDocuments()]

await publish({
  name: 'userstate-sizes',
  title: 'A wallet of many years (`node bench/userstate-sizes.ts`)',
  settings: [
    ...(await describeMachine(house.serverUrl)).map((line) => `${line}.`),
    `${PAYERS} people, of whom the one that asks has a twentieth of all rows; ${READINGS} readings of each page, ${IN_FLIGHT} in flight, p50. ${people.toLocaleString('en-US')} people of whom nine in ten were invited; ${documents} documents a run; medians of ${runs} runs.`,
  ],
  tables: [
    {
      head: ['page, p50', ...sizes.map((size) => `${size.toLocaleString('en-US')} rows`)],
      rows: pages.map(([name], i) => [name, ...seen.map(({ p50Ms }) => ms(p50Ms[i]))]),
    },
    {
      head: [`referrals of ${people.toLocaleString('en-US')} people`, 'measured'],
      rows: [
        ['who invited how many', ms(stats)],
        ['who invited most', ms(top)],
      ],
    },
    {
      head: ['documents of the gateway', 'rate', 'of COPY'],
      rows: [
        ['COPY into a bare table of the same columns (reference)', perSecond(copied), '1.00 ×'],
        [
          `written one by one, ${IN_FLIGHT} at a time`,
          perSecond(written),
          `${(written / copied).toFixed(3)} ×`,
        ],
      ],
    },
  ],
  charts: [
    {
      title: 'What a page costs as a wallet grows older, p50',
      x: { label: 'transactions', logarithmic: true },
      y: { label: 'milliseconds' },
      series: pages.map(([name], i) => ({
        name,
        points: seen.map(({ size, p50Ms }) => [size, p50Ms[i] ?? Number.NaN] as const),
      })),
    },
  ],
})

function ms(value = Number.NaN): string {
  return `${value.toFixed(1)} ms`
}

/** History as an import brings it: past the triggers, so that nothing but the rows is made, and before the indexes. */
async function fill(wanted: number): Promise<void> {
  const indexes = await query<{ name: string; definition: string }>(
    wallets,
    `select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition from pg_index i
      where i.indrelid = 'user_transaction'::regclass
        and not exists (select from pg_constraint c where c.conindid = i.indexrelid)`,
  )
  await query(wallets, indexes.map(({ name }) => `drop index ${name}`).join(';'))
  await query(
    wallets,
    `do $$ begin
      set local session_replication_role = replica;
      insert into user_transaction (username, type, amount, status, src, invoice, payee, paid_at, created_at, updated_at)
        select 'person_' || case when n % 20 = 0 then 1 else 1 + n % ${PAYERS} end,
          (array['TOPUP', 'PAYMENT', 'PAYOUT', 'REFUND'])[1 + n % 4], 1000 + n % 90000,
          (array['PAID', 'PAID', 'PAID', 'EXPIRED', 'CANCELLED'])[1 + n % 5], 'WALLET', 'INV-OLD-' || n, 'kedai',
          now() - make_interval(secs => ${wanted} - n), now() - make_interval(secs => ${wanted} - n), now()
        from generate_series((select count(*) from user_transaction) + 1, ${wanted}) n;
    end $$`,
  )
  await query(
    wallets,
    ["set maintenance_work_mem = '1GB'", ...indexes.map(({ definition }) => definition)].join(';'),
  )
  await query(wallets, 'vacuum analyze user_transaction')
}

async function readings(): Promise<number[]> {
  const found: number[] = []
  for (const [, path, who] of pages) {
    // A token would not outlive the filling.
    const authorization = await signIn(house, who)
    const one = () => ask(house, path, { authorization })
    await measure(20, IN_FLIGHT, one)
    found.push((await measure(READINGS, IN_FLIGHT, one)).p50Ms)
  }
  return found
}

async function fillReferrals(): Promise<void> {
  await query(
    wallets,
    `do $$ begin
      set local session_replication_role = replica;
      insert into user_info (username, email, first_name, last_name, referral_code)
        select 'invited_' || n, 'invited_' || n || '@example.com', 'Ayu', 'Lestari', 'INV' || n
        from generate_series(1, ${people}) n;
      insert into referral_history (username, referral_code, submitted_by, status, created_at, updated_at)
        select 'invited_' || n, 'INV' || s, 'invited_' || s,
          (array['COMPLETED', 'COMPLETED', 'PENDING', 'EXPIRED'])[1 + n % 4], now(), now()
        from generate_series(1, ${people}) n, lateral (select 1 + (n::bigint * n % (${people} / 10)) as s) o
        where n % 10 > 0;
    end $$`,
  )
  await query(wallets, 'vacuum analyze user_info, referral_history')
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  await work()
  for (let run = 0; run < Math.max(5, runs); run++) {
    const begun = performance.now()
    await work()
    times.push(performance.now() - begun)
  }
  return median(times)
}

async function copyDocuments(): Promise<number> {
  const rates: number[] = []
  // A file of the server's own: it reads as fast as it can.
  const file = `${house.serverLog}.documents`
  const doc = JSON.stringify({ id: 'bench', platform: 'web', status: 'PAID', amount: 50_000, data: DATA })
  await query(
    wallets,
    `copy (select lpad(n::text, 24, '0'), '${doc}'::jsonb, now() from generate_series(1, ${documents}) n) to '${file}'`,
  )
  for (let run = 0; run < runs; run++) {
    await query(wallets, 'create table copied (_id text, doc jsonb, created_at timestamptz)')
    const begun = performance.now()
    await query(wallets, `copy copied from '${file}'`)
    rates.push(documents / ((performance.now() - begun) / 1000))
    await query(wallets, 'drop table copied')
  }
  return median(rates)
}

async function writeDocuments(): Promise<number> {
  const db = openDatabase({ name: 'userstate', url: wallets, errors: userstateErrors, log: silentLog })
  const logs = postgresLogs(db)
  const rates: number[] = []
  try {
    for (let run = 0; run < runs; run++) {
      const { rate } = await measure(documents, IN_FLIGHT, (n) =>
        logs.write(
          'xendit_checkout_logs',
          {
            id: `bench-${run}-${n}`,
            createdAt: new Date('2026-01-01T00:00:00Z'),
            platform: 'web',
            status: 'PAID',
            amount: 50_000,
            data: DATA,
          },
          new Date(),
        ),
      )
      rates.push(rate)
    }
  } finally {
    await db.close()
  }
  return median(rates)
}
