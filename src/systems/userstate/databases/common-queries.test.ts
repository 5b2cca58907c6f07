/** The document's "Common Queries": the API answers what the printed statement answers, run word for word. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { openUserstate, type Person } from '../../../../test/userstate.ts'
import { sql } from '../../../postgres/sql.ts'

const wallet = await openUserstate()
const { owner } = wallet

const document = await readFile(new URL('document.md', import.meta.url), 'utf8')
const section = /^## Common Queries$([\s\S]*?)^## /m.exec(document)?.[1] ?? ''
const printed = new Map(
  [...section.matchAll(/^\*\*(.+):\*\*\n```sql\n([\s\S]*?)```/gm)].map(([, title = '', text = '']) => [
    title,
    text,
  ]),
)

const staff = await wallet.person({ roles: ['support', 'marketing'] })
const john: Person = await (async () => {
  await owner.run(sql`insert into user_login (username, pwd) values ('john_doe', 'none')`)
  await owner.run(sql`
    insert into user_info (username, email, first_name, last_name, referral_code)
      values ('john_doe', 'john@example.com', 'John', 'Doe', 'JOHN123')`)
  await owner.run(
    sql`insert into user_balance (username, balance, onapps_point) values ('john_doe', 100000, '50')`,
  )
  return await wallet.signIn({ username: 'john_doe' })
})()
await owner.run(sql`
  insert into user_transaction (username, type, amount, invoice, status, created_at)
    select 'john_doe', case n % 3 when 0 then 'TOPUP' else 'PAYMENT' end, n * 1000, 'INV-' || n,
      (array['PAID', 'PENDING', 'EXPIRED', 'PAID'])[n % 4 + 1], '2024-01-01'::timestamptz + n * interval '1 hour'
    from generate_series(1, 14) n`)
await owner.run(sql`
  insert into point_mutation (username, type, amount, reference_number, src, status, created_at)
    values ('john_doe', 'EARN', 12.5, 'P-1', 'PROMO', 'COMPLETE', now() + interval '1 hour'),
      ('john_doe', 'REDEEM', 7, 'P-2', 'PROMO', 'COMPLETE', now() + interval '2 hours'),
      ('john_doe', 'REDEEM', 5, 'P-3', 'PROMO', 'PENDING', now() + interval '3 hours'),
      ('john_doe', 'EARN', 100, 'P-4', 'PROMO', 'PENDING', now() + interval '4 hours')`)
await owner.run(sql`
  insert into voucher_redemption (username, code, status, created_at)
    values ('john_doe', 'OLD', 'REDEEMED', '2024-01-02'), ('john_doe', 'GONE', 'CANCELLED', '2024-01-03')`)
// Twelve who invited 1 to 12 others, of whom the first does not count yet: no two are equal.
for (let n = 1; n <= 12; n++) {
  const referrer = await wallet.person()
  await owner.run(sql`
    insert into user_login (username, pwd) select ${referrer.username} || '_' || i, 'none' from generate_series(1, ${n}) i`)
  await owner.run(sql`
    insert into user_info (username, email, first_name, last_name)
      select ${referrer.username} || '_' || i, ${referrer.username} || i || '@else.example', 'A', 'B'
      from generate_series(1, ${n}) i`)
  await owner.run(sql`
    insert into referral_history (username, referral_code, submitted_by, status)
      select ${referrer.username} || '_' || i, 'CODE', ${referrer.username},
        case i when 1 then 'PENDING' else 'COMPLETED' end
      from generate_series(1, ${n}) i`)
}

type Row = Readonly<Record<string, unknown>>
const asPrinted = (title: string) => owner.many<Row>(sql.raw(printed.get(title) ?? ''))

interface Asked {
  readonly path: string
  readonly as: Person
  readonly rows: (body: { readonly items: readonly Row[] } & Row) => readonly Row[]
  /** The statement orders nothing. */
  readonly unordered?: true
}
const items: Asked['rows'] = (body) => body.items

const endpoints: Readonly<Record<string, Asked>> = {
  'Get user with profile and balance': { path: '/admin/users/john_doe', as: staff, rows: (body) => [body] },
  'Find users by email': {
    path: '/admin/users?email_like=%25@example.com&limit=100',
    as: staff,
    rows: items,
    unordered: true,
  },
  'Get user transaction history': { path: '/transactions?limit=10', as: john, rows: items },
  'Sum transactions by status': { path: '/transactions/summary', as: john, rows: items, unordered: true },
  'Get point mutation history': { path: '/points/mutations', as: john, rows: items },
  'Calculate total points earned': { path: '/points', as: john, rows: (body) => [body] },
  // All of them; the statement has no limit.
  'Get referral statistics': { path: '/admin/referrals/stats?limit=100', as: staff, rows: items },
  'Find top referrers': { path: '/admin/referrals/top', as: staff, rows: items },
  'Active payment channels': { path: '/bank-channels?currency=IDR', as: john, rows: items },
  'User voucher redemptions': { path: '/vouchers/redemptions', as: john, rows: items },
}

test('check 53: each of them has an endpoint, which answers the same rows', async () => {
  assert.deepEqual([...printed.keys()], Object.keys(endpoints))
  for (const [title, { path, as, rows, unordered }] of Object.entries(endpoints)) {
    const expected = await asPrinted(title)
    const columns = Object.keys(expected[0] ?? {})
    const answer = await wallet.get(path, { as })
    assert.equal(answer.status, 200, path)
    // Figures and times as text: the driver gives some as numbers and dates, the API others.
    const comparable = (row: Row) => columns.map((column) => text(row[column]))
    const [found, wanted] = [rows(answer.body).map(comparable), expected.map(comparable)]
    assert.ok(wanted.length > 0, title)
    assert.deepEqual(unordered ? found.toSorted() : found, unordered ? wanted.toSorted() : wanted, title)
  }
})

test('check 53: somebody’s own profile answers what staff see of it', async () => {
  const [row = {}] = await asPrinted('Get user with profile and balance')
  const { body } = await wallet.get('/users/me', { as: john })
  for (const [column, value] of Object.entries(row)) assert.equal(text(body[column]), text(value), column)
})

function text(value: unknown): string {
  return value instanceof Date ? value.toISOString() : String(value)
}
