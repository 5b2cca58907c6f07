/** What is in the databases, before and after: refused requests change nothing, and nothing is broken in the end. */
import { readFile } from 'node:fs/promises'
import type { Database } from '../../src/postgres/database.ts'
import { sql } from '../../src/postgres/sql.ts'
import { compareBooks } from '../../src/systems/userstate/finance/reconciliation.ts'
import { schedulesAreDue } from '../schedules.ts'
import { until } from '../until.ts'
import type { Business } from './business.ts'
import type { Finding } from './oracles.ts'
import { DAMAGED } from './updates.ts'
import type { World } from './world.ts'

/** The rows of each table, as text. */
export type Contents = ReadonlyMap<string, ReadonlySet<string>>

/** Business tables. Counters, queues, sessions and the audit may change with a refusal. */
export async function contents(db: Database): Promise<Contents> {
  const tables = await db.many<{ name: string }>(sql`
    select format('%I.%I', schemaname, tablename) as name from pg_tables
      where (schemaname = 'public' and tablename not in ('audit_anchors', 'otp_tracker')) or schemaname = 'ledger'
        or (schemaname = 'niaga' and tablename = 'idempotency')
      order by 1`)
  const found = new Map<string, ReadonlySet<string>>()
  for (const { name } of tables) {
    const rows = await db.many<{ row: string }>(sql`select t::text as row from ${sql.raw(name)} t`)
    found.set(name, new Set(rows.map(({ row }) => row)))
  }
  return found
}

/** What the shop's own watch tells its staff of: it looks around at times that nothing announces. */
const OWN_WATCH = /"kind"": ""staff_incident"/

/** Rows that came or went: "orders + (12,…)". */
export function changed(before: Contents, after: Contents): string[] {
  return [...after].flatMap(([name, rows]) => {
    const old = before.get(name) ?? new Set<string>()
    return [
      ...[...old]
        .filter((row) => !rows.has(row) && !OWN_WATCH.test(row))
        .map((row) => `${name} - ${row.slice(0, 400)}`),
      ...[...rows]
        .filter((row) => !old.has(row) && !OWN_WATCH.test(row))
        .map((row) => `${name} + ${row.slice(0, 400)}`),
    ]
  })
}

/** A batch begins in a silence that is at least this long; most are over in a fraction of it. */
const SILENCE_MS = 3_000

/**
 * Waits until the systems have nothing to do by themselves, now and for a while: no job, event, message or audit row is due,
 * and the minute's schedules have run. Answers until when this lasts, by the database's clock: what changed later than that
 * may be their own work.
 */
export async function settled({ shop, wallet }: World): Promise<Date> {
  let silentUntil = new Date(0)
  await until(async () => {
    const looks = [await look(shop.db, await nextMessage(shop.db)), await look(wallet.db, null)]
    silentUntil = looks.reduce((first, { next }) => (next < first ? next : first), new Date(8.64e15))
    return looks.every(({ isSilent }) => isSilent)
  }, 120_000)
  return silentUntil
}

/** When Telegram is next told something; null: never. */
async function nextMessage(db: Database): Promise<Date | null> {
  const { next } = await db.one<{ next: Date | null }>(sql`
    select min(case status when 'sending' then now() else next_attempt_at end) as next
      from telegram_outbox where status in ('queued', 'sending')`)
  return next
}

async function look(db: Database, nextMessage: Date | null): Promise<{ next: Date; isSilent: boolean }> {
  const { busy, next, left } = await db.one<{ busy: boolean; next: Date; left: number }>(sql`
    with next as (
      select least(date_trunc('minute', now()) + interval '1 minute', ${nextMessage}::timestamptz,
        (select min(run_at) from graphile_worker._private_jobs where attempts < max_attempts)) as at)
    select at as next, extract(epoch from at - now())::float8 * 1000 as left,
        exists (select from graphile_worker._private_jobs where locked_at is not null)
        or exists (select from niaga.inbox where status = 'processing')
        or exists (select from audit.outbox) as busy
      from next`)
  const isSilent = !busy && left > SILENCE_MS && !(await schedulesAreDue(db, db.clock.now()))
  return { next, isSilent }
}

/** Whether it is still silent: nothing of its own has fallen due. */
export async function isSilent({ shop }: World, silentUntil: Date): Promise<boolean> {
  const { silent } = await shop.db.one<{ silent: boolean }>(sql`select now() < ${silentUntil} as silent`)
  return silent
}

/** Events that their handler could not take, and jobs that failed: one look at each. */
export async function failures({ shop, wallet }: World): Promise<Finding[]> {
  return [...(await failuresIn(shop.db)), ...(await failuresIn(wallet.db))]
}

async function failuresIn(db: Database): Promise<Finding[]> {
  const rows = await db.many<{ what: string; error: string; body: string }>(sql`
    select 'an event of ' || source as what, coalesce(last_error, status) as error,
        left(convert_from(body, 'UTF8'), 600) as body
      from niaga.inbox where (last_error is not null or status = 'failed')
        and (source <> 'telegram' or sequence < ${DAMAGED})
    union all
    select 'job ' || t.identifier, j.last_error, j.payload::text
      from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
      where j.last_error is not null`)
  return rows.map(({ what, error, body }) => ({
    oracle: 'failed work',
    detail: `${what}: ${error}\n    ${body}`,
  }))
}

/** After everything: the books, the audit, the logs, the chats. */
export async function finalFindings(world: World): Promise<Finding[]> {
  return [
    ...(await shopBooks(world.shop.db)),
    ...(await walletBooks(world.wallet.db)),
    ...(await failures(world)),
    ...(await secretsInLogs(world)),
    ...(await secretsElsewhere(world.shop)),
    ...(await secretsElsewhere(world.wallet)),
    ...(await strangersChats(world)),
  ]
}

async function shopBooks(db: Database): Promise<Finding[]> {
  const rows = await db.many<{ detail: string }>(sql`
    select 'ledger: ' || to_jsonb(v)::text as detail from ledger.verify() v
    union all select 'books: ' || to_jsonb(r)::text from reconcile() r
    union all select 'nobody paid, but ' || o.invoice_id || ' is paid by QRIS'
      from orders o where o.payment_method = 'qris' and o.status = 'paid'
    union all select 'nobody paid, but the gateway took in ' || -ledger.balance('gateway.pakasir')
      where ledger.balance('gateway.pakasir') <> 0`)
  return rows.map(({ detail }) => ({ oracle: 'books', detail }))
}

async function walletBooks(db: Database): Promise<Finding[]> {
  const violations = await compareBooks(db)
  const paid = await db.many<{ detail: string }>(sql`
    select 'nobody paid, but the gateway''s invoice of ' || t.invoice || ' is paid' as detail
      from user_transaction t where t.xendit_invoice is not null and t.status = 'PAID'
    union all select 'nobody paid, but there is ' || reference from ledger.transfer
      where reference ~ '^(topup|late|stray|fee):' `)
  return [...violations.map((each) => ({ detail: `ledger: ${JSON.stringify(each)}` })), ...paid].map(
    ({ detail }) => ({ oracle: 'books', detail }),
  )
}

async function secretsInLogs({ logFile, secrets }: World): Promise<Finding[]> {
  const log = await readFile(logFile, 'utf8')
  return [...secrets].flatMap(([what, word]) => {
    const at = log.indexOf(word)
    if (at < 0) return []
    return [{ oracle: 'secret in the log', detail: `${what}: …${log.slice(Math.max(0, at - 200), at)}` }]
  })
}

async function secretsElsewhere({ db, audits, secrets, prefix }: Business): Promise<Finding[]> {
  const queue = prefix === '/quickcart/' ? sql`telegram_outbox` : sql`push_message`
  const found: Finding[] = []
  for (const [what, word] of secrets) {
    const inAudit = await audits.one<{ n: number }>(
      sql`select count(*)::int as n from audit_logs t where strpos(t::text, ${word}) > 0`,
    )
    const inside = await db.one<{ n: number }>(sql`
      select (select count(*) from ${queue} t where strpos(t::text, ${word}) > 0)::int
        + (select count(*) from niaga.kv t where strpos(t::text, ${word}) > 0)::int
        + (select count(*) from niaga.idempotency t where strpos(t::text, ${word}) > 0)::int
        + (select count(*) from audit.outbox t where strpos(t::text, ${word}) > 0)::int
        + (select count(*) from graphile_worker._private_jobs t where strpos(t::text, ${word}) > 0)::int as n`)
    if (inAudit.n + inside.n > 0)
      found.push({ oracle: 'leak', detail: `the ${what} of ${prefix} is in the audit, a queue or a cache` })
  }
  return found
}

async function strangersChats({ origin, shop: { canaries, actors } }: World): Promise<Finding[]> {
  const found: Finding[] = []
  for (const { id, name, seesAll } of actors) {
    if (id === undefined || seesAll) continue
    const chat = await fetch(`${origin}/sim/telegram/_sim/chats/${id}`).then((answer) => answer.text())
    for (const [what, word] of canaries)
      if (chat.includes(word))
        found.push({ oracle: 'leak', detail: `the chat of ${name} contains Ayu's ${what}` })
  }
  return found
}
