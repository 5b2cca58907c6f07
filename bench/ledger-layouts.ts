/**
 * What a posting costs the server by how it is written down. Each layout gets the same function: change two
 * balances in one order, write the transfer once. Decision 0010 quotes this table.
 *
 *     node bench/ledger-layouts.ts [--rounds 7] [--posts 3000]
 */
import { parseArgs } from 'node:util'
import pg from 'pg'
import { ledgerDatabase } from '../test/ledger.ts'
import { describeMachine } from './lib/machine.ts'
import { median, table } from './lib/numbers.ts'
import { processorTime } from './lib/processor-time.ts'
import { benchServer } from './lib/server.ts'

const ACCOUNTS = 100_000

const { values: options } = parseArgs({
  options: { rounds: { type: 'string', default: '7' }, posts: { type: 'string', default: '3000' } },
})
const [rounds, posts] = [Number(options.rounds), Number(options.posts)]

interface Layout {
  readonly name: string
  readonly schema: string
  /** Two rows per transfer beside it, instead of both running balances inside it. */
  readonly entries: boolean
  readonly foreignKeys: boolean
}

const layouts: Layout[] = [
  { name: 'one row per transfer, no foreign keys', schema: 'lean', entries: false, foreignKeys: false },
  { name: 'one row per transfer, foreign keys', schema: 'lean_fk', entries: false, foreignKeys: true },
  { name: 'transfer and two entries, no foreign keys', schema: 'entries', entries: true, foreignKeys: false },
  { name: 'transfer and two entries, foreign keys', schema: 'entries_fk', entries: true, foreignKeys: true },
]

await using server = await benchServer(ledgerDatabase)
const client = new pg.Client({ connectionString: server.url })
await client.connect()
for (const layout of layouts) await client.query(create(layout))
await client.query('vacuum analyze')
// A plan that was made for the empty tables would read all of them at every check of a foreign key.
await client.query('set enable_seqscan = off')
console.log((await describeMachine(server.url)).join('\n'))

const results = new Map<Layout, number[]>()
for (let round = 0; round < rounds; round++) {
  for (const layout of layouts) {
    const before = await processorTime(client)
    for (let n = 0; n < posts; n++) await post(layout)
    const each = ((await processorTime(client)) - before) / posts
    results.set(layout, [...(results.get(layout) ?? []), each])
  }
}
await client.end()
const [lean = Number.NaN] = layouts.map((layout) => median(results.get(layout) ?? []))
console.log(
  table(
    ['layout', 'server time per post', 'of the first'],
    layouts.map((layout) => {
      const each = median(results.get(layout) ?? [])
      return [layout.name, `${Math.round(each)} µs`, `${Math.round((100 * each) / lean)} %`]
    }),
  ),
)

async function post({ schema }: Layout): Promise<void> {
  const half = ACCOUNTS / 2
  const any = () => 1 + Math.floor(Math.random() * half)
  const values = [crypto.randomUUID(), any(), half + any()]
  await client.query({ name: schema, text: `select ${schema}.post($1, $2, $3)`, values })
}

function create({ schema, entries, foreignKeys }: Layout): string {
  const account = `bigint not null${foreignKeys ? ` references ${schema}.account (id)` : ''}`
  const transfer = entries
    ? `insert into ${schema}.transfer values (p_id, clock_timestamp(), p_debit, p_credit, 1, 'x', p_id);
       insert into ${schema}.entry (transfer, account, amount, balance) values (p_id, p_debit, -1, v_debit), (p_id, p_credit, 1, v_credit);`
    : `insert into ${schema}.transfer values (p_id, clock_timestamp(), p_debit, p_credit, 1, 'x', p_id, v_debit, v_credit);`
  return `
    create schema ${schema};
    create table ${schema}.account (id bigint primary key, balance bigint not null default 1000000) with (fillfactor = 70);
    insert into ${schema}.account select generate_series(1, ${ACCOUNTS});
    create table ${schema}.transfer (id uuid primary key, posted_at timestamptz not null, debit ${account},
      credit ${account}, amount bigint not null, kind text not null, reference text not null,
      debit_balance bigint, credit_balance bigint, seq bigint generated always as identity);
    ${
      entries
        ? `create table ${schema}.entry (id bigint generated always as identity primary key, transfer uuid not null
             ${foreignKeys ? `references ${schema}.transfer (id)` : ''}, account ${account}, amount bigint not null, balance bigint not null);
           create index on ${schema}.entry (account, id);
           create index on ${schema}.entry (transfer);`
        : `create index on ${schema}.transfer (debit, seq); create index on ${schema}.transfer (credit, seq);`
    }
    create function ${schema}.post(p_id uuid, p_debit bigint, p_credit bigint) returns void language plpgsql as $$
    declare v_debit bigint; v_credit bigint;
    begin
      -- Debits are the lower half: one order for all.
      update ${schema}.account set balance = balance - 1 where id = p_debit and balance >= 1 returning balance into v_debit;
      update ${schema}.account set balance = balance + 1 where id = p_credit returning balance into v_credit;
      ${transfer}
    end $$;`
}
