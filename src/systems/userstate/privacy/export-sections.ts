/** What an export holds (UserState, §13): what the API shows somebody of themselves, and of others nothing. */
import type { Page } from '../../../kernel/cursor.ts'
import { liveSessions } from '../../../platform/access/tokens.ts'
import { type ExportSection, pagesOf } from '../../../platform/export/document.ts'
import { toJson } from '../../../platform/http/json.ts'
import { type Sql, sql } from '../../../postgres/sql.ts'
import { listAddresses } from '../addresses/addresses.ts'
import { type Device, selectDevices } from '../devices/devices.ts'
import { type Offer, selectOffers } from '../offers/offers.ts'
import { selectPayouts } from '../payouts/payout.queries.ts'
import { type PayoutView, toPayoutAnswer } from '../payouts/payout-view.ts'
import { listMutations } from '../points/points.ts'
import { listInvited } from '../referrals/referrals.ts'
import type { Store } from '../store.ts'
import { listTransactions } from '../transactions/list-transactions.ts'
import { toTransactionAnswer } from '../transactions/transaction-view.ts'
import { listRedemptions } from '../vouchers/vouchers.ts'

/** Rows in memory at a time. */
const PAGE = 500

export function sectionsOf(store: Store, username: string): readonly ExportSection[] {
  const { db } = store
  return [
    section(
      'addresses',
      listed((page) => listAddresses(store, username, page)),
    ),
    section('bank_accounts', once(store, bankAccounts(username))),
    section(
      'transactions',
      listed((page) => listTransactions(store, { username }, page)),
      toTransactionAnswer,
    ),
    section(
      'payouts',
      pagesOf<PayoutView>(PAGE, (last) =>
        selectPayouts(db, { username, beforeId: last && Number(last.id) }, PAGE),
      ),
      toPayoutAnswer,
    ),
    section(
      'points',
      listed((page) => listMutations(store, username, page)),
    ),
    section('referral_applied', once(store, referral(username))),
    section(
      'referrals',
      listed((page) => listInvited(store, username, page)),
      ({ username: _theirs, ...own }) => own,
    ),
    section(
      'vouchers',
      listed((page) => listRedemptions(store, username, page)),
    ),
    section(
      'devices',
      pagesOf<Device>(PAGE, (last) =>
        selectDevices(db, username, { limit: PAGE - 1, ...(last ? { after: last.fcm_id } : {}) }),
      ),
    ),
    section(
      'offers',
      pagesOf<Offer>(PAGE, (last) =>
        selectOffers(db, username, { limit: PAGE - 1, ...(last ? { beforeId: last.msg_id } : {}) }),
      ),
    ),
    section('deactivations', once(store, deactivations(username))),
    section(
      'sessions',
      pagesOf(PAGE, () => liveSessions(db, username)),
    ),
  ]
}

function section<Row>(
  name: string,
  pages: AsyncIterable<readonly Row[]>,
  toAnswer: (row: Row) => unknown = (row) => row,
): ExportSection {
  return { name, pages: texts(pages, toAnswer) }
}

async function* texts<Row>(
  pages: AsyncIterable<readonly Row[]>,
  toAnswer: (row: Row) => unknown,
): AsyncGenerator<readonly string[]> {
  for await (const rows of pages) yield rows.map((row) => toJson(toAnswer(row)))
}

/** A list of the API, to its end. */
async function* listed<Item>(
  list: (page: { readonly limit: number; readonly cursor?: string }) => Promise<Page<Item>>,
): AsyncGenerator<readonly Item[]> {
  let cursor: string | null | undefined
  do {
    const page: Page<Item> = await list({ limit: PAGE, ...(cursor ? { cursor } : {}) })
    yield page.items
    cursor = page.next_cursor
  } while (cursor !== null)
}

/** What there are a handful of at most. */
async function* once({ db }: Store, rows: Sql): AsyncGenerator<readonly object[]> {
  yield await db.many<object>(rows)
}

/** Those that were removed, too. */
const bankAccounts = (username: string): Sql => sql`
  select a.id, c.code as channel, a.account_last4, a.account_holder_name, a.active
  from bank_account a join bank_channel c on c.id = a.channel where a.username = ${username} order by a.id limit 1000`

const referral = (username: string): Sql => sql`
  select referral_code, status, created_at, expires_at from referral_history where username = ${username}`

const deactivations = (username: string): Sql => sql`
  select reason, created_at, reactivated_at from deactivate_reason where username = ${username} order by id limit 1000`
