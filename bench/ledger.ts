/**
 * How fast the ledger posts, next to TPC-B on the same server in the same run.
 *
 *     node bench/ledger.ts [--rounds 3] [--seconds 8]
 *
 * Both run with 16 connections. Where pgbench is there, it drives TPC-B and the same posts, so that the client is
 * the same; our own driver's figures stand beside it, as the application calls the ledger.
 */
import { parseArgs } from 'node:util'
import pg from 'pg'
import { ledgerDatabase } from '../test/ledger.ts'
import { drive } from './lib/drive.ts'
import { describeMachine } from './lib/machine.ts'
import { median, perSecond } from './lib/numbers.ts'
import { publish } from './lib/report.ts'
import { benchServer } from './lib/server.ts'
import { pgbenchScript, pgbenchVersion, prepareTpcb, tpcb } from './lib/tpcb.ts'

const CONNECTIONS = 16
const ACCOUNTS = 100_000
const BATCH = 500
/** More than two only queue for the two cores. */
const BATCH_CONNECTIONS = 2

const { values: options } = parseArgs({
  options: { rounds: { type: 'string', default: '3' }, seconds: { type: 'string', default: '8' } },
})
const [rounds, seconds] = [Number(options.rounds), Number(options.seconds)]

await using server = await benchServer(ledgerDatabase)
const { url } = server
await prepareTpcb(url)
await prepareAccounts()

const pgbench = pgbenchVersion()
const settings = [
  ...(await describeMachine(url)).map((line) => `${line}.`),
  pgbench
    ? `${pgbench}, TPC-B at scale 1, simple protocol.`
    : `No pgbench on the path: TPC-B's statements at scale 1 run through our own driver, simple protocol.`,
  `${CONNECTIONS} connections (${BATCH_CONNECTIONS} for batches), ${ACCOUNTS.toLocaleString('en-US')} accounts, ${seconds} s a figure, median of ${rounds} rounds in turn.`,
]

/** Name, goal as a multiple of TPC-B, and the measurement in transfers per second. */
const measurements: [name: string, goal: string, run: () => Promise<number>][] = [
  ['TPC-B', '', () => tpcb(url, CONNECTIONS, seconds)],
  ...[
    both('single posts, 100,000 accounts', '≥ 2', 'acc', 'acc'),
    both('one hot account without a floor', '≥ 1', 'outside', 'acc'),
    both('one hot account with a floor', '', 'bounded', 'acc'),
    both('both sides projected to a column', '', 'shown', 'shown'),
  ].flat(),
  [`batches of ${BATCH}`, '≥ 8', () => batches('acc')],
  [`batches of ${BATCH}, one hot account`, '', () => batches('outside')],
]

const results = new Map<string, number[]>()
for (let round = 1; round <= rounds; round++) {
  for (const [name, , run] of measurements) {
    const rate = await run()
    results.set(name, [...(results.get(name) ?? []), rate])
    console.error(`round ${round}: ${name} ${perSecond(rate)}`)
  }
}

const yardstick = results.get('TPC-B') ?? []
await publish({
  name: 'ledger',
  title: 'Ledger (`node bench/ledger.ts`)',
  settings: [...settings, await verified()],
  tables: [
    {
      head: ['what', 'median', 'of TPC-B', 'goal', 'runs'],
      rows: measurements.map(([name, goal]) => {
        const rates = results.get(name) ?? []
        // Each run against the TPC-B of its own round, so that a busy minute weighs on both.
        const ratio = median(rates.map((rate, i) => rate / (yardstick[i] ?? Number.NaN)))
        return [name, perSecond(median(rates)), `${ratio.toFixed(2)} ×`, goal, rates.map(perSecond).join(' ')]
      }),
    },
  ],
})

type Side = 'acc' | 'outside' | 'bounded' | 'shown'

/** The same posts through pgbench, where it is there, and through our driver. */
function both(name: string, goal: string, debit: Side, credit: Side): typeof measurements {
  const driven: (typeof measurements)[number] = [
    `${name} (our driver)`,
    goal,
    async () => (await drive(url, CONNECTIONS, seconds, (client) => post(client, debit, credit))).rate,
  ]
  if (!pgbench) return [driven]
  const script = `
    \\set d random(1, ${ACCOUNTS / 2})
    \\set c random(${ACCOUNTS / 2 + 1}, ${ACCOUNTS})
    select ledger.post(gen_random_uuid()::text, ${inPgbench(debit, ':d')}, ${inPgbench(credit, ':c')}, 1, 'bench');`
  return [[name, goal, () => pgbenchScript(url, CONNECTIONS, seconds, script)], driven]
}

function inPgbench(side: Side, number: string): string {
  return isMany(side) ? `'${side}.' || ${number}` : `'${side}'`
}

async function post(client: pg.Client, debit: Side, credit: Side): Promise<void> {
  await client.query({
    name: 'post',
    text: 'select ledger.post($1, $2, $3, $4, $5)',
    values: [crypto.randomUUID(), pick(debit, 0), pick(credit, 1), '1', 'bench'],
  })
}

async function batches(debit: Side): Promise<number> {
  const { rate } = await drive(url, BATCH_CONNECTIONS, seconds, async (client) => {
    const items = Array.from({ length: BATCH }, () => [crypto.randomUUID(), pick(debit, 0), pick('acc', 1)])
    const columns = [0, 1, 2].map((i) => items.map((item) => item[i]))
    const { rows } = await client.query<{ posted: string }>({
      name: 'batch',
      text: `select count(*) as posted from ledger.post_batch($1, $2, $3, array_fill(1::bigint, array[${BATCH}]),
        array_fill('bench'::text, array[${BATCH}])) where outcome = 'posted'`,
      values: columns,
    })
    if (Number(rows[0]?.posted) !== BATCH) throw new Error(`only ${rows[0]?.posted} of ${BATCH} were posted`)
  })
  return rate * BATCH
}

/** Debits come from the lower half and credits go to the upper, so that no account pays itself. */
function pick(side: Side, half: 0 | 1): string {
  if (!isMany(side)) return side
  return `${side}.${1 + half * (ACCOUNTS / 2) + Math.floor((Math.random() * ACCOUNTS) / 2)}`
}

function isMany(side: Side): boolean {
  return side === 'acc' || side === 'shown'
}

async function prepareAccounts(): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(`
    select ledger.open_account('outside', 'IDR', null);
    select ledger.open_account('bounded', 'IDR');
    select ledger.post('open:bounded', 'outside', 'bounded', 1000000000000, 'opening');
    select count(ledger.open_account('acc.' || n, 'IDR')) from generate_series(1, ${ACCOUNTS}) n;
    create table shown (id integer primary key, balance numeric(15,2) not null default 0);
    select ledger.declare_projection('shown', 'balance', 'id', 'shown.{id}', 'IDR', 'outside');`)
  for (let from = 1; from <= ACCOUNTS; from += 1_000) {
    await client.query(
      `select count(*) from ledger.post_batch(
        (select array_agg('open:' || n) from generate_series($1::int, $1 + 999) n), array_fill('outside'::text, array[1000]),
        (select array_agg('acc.' || n) from generate_series($1, $1 + 999) n), array_fill(1000000::bigint, array[1000]),
        array_fill('opening'::text, array[1000]))`,
      [from],
    )
    await client.query('insert into shown select n, 10000 from generate_series($1::int, $1 + 999) n', [from])
  }
  await client.query('vacuum analyze')
  await client.query('checkpoint')
  await client.end()
}

/** A fast posting that breaks the books would be worth nothing. */
async function verified(): Promise<string> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const begun = performance.now()
  const { rowCount } = await client.query('select from ledger.verify()')
  const took = (performance.now() - begun) / 1000
  const { rows } = await client.query<{ count: string }>('select count(*) from ledger.transfer')
  await client.end()
  if (rowCount) throw new Error(`ledger.verify() names ${rowCount} violations`)
  return `Afterwards \`ledger.verify()\` found no violation in ${Number(rows[0]?.count).toLocaleString('en-US')} transfers, in ${took.toFixed(1)} s.`
}
