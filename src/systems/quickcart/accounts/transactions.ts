import { decodeCursor, type Page, toPage } from '../../../kernel/cursor.ts'
import type { Store } from '../store.ts'
import {
  countTransactions,
  selectTransactions,
  type Transaction,
  type TransactionKey,
  type TransactionRow,
} from './transaction.queries.ts'
import type { UserId } from './user-id.ts'

const NEWEST: TransactionKey = { at: Number.MAX_SAFE_INTEGER, reference: '' }

/** Orders, deposits, refunds and other movements of the balance, newest first. @throws bad_request for a wrong cursor */
export async function listTransactions(
  store: Store,
  user: UserId,
  { cursor, limit }: { readonly cursor?: string; readonly limit: number },
): Promise<Page<Transaction>> {
  const key = cursor === undefined ? NEWEST : toKey(cursor)
  const rows = await selectTransactions(store.db, user, { way: 'older', key, limit: limit + 1 })
  return toPage(
    rows,
    limit,
    ({ at, reference }) => [Number(at), reference],
    ({ at: _, ...transaction }) => transaction,
  )
}

/** A page by its number, from 1, as the chat turns them; beyond the last one the last. */
export async function transactionPage(
  store: Store,
  user: UserId,
  { page, size }: { page: number; size: number },
): Promise<{ items: readonly TransactionRow[]; page: number; totalPages: number }> {
  const totalPages = Math.max(1, Math.ceil((await countTransactions(store.db, user)) / size))
  const shown = Math.min(Math.max(1, page), totalPages)
  const rows = await selectTransactions(store.db, user, { way: 'older', key: NEWEST, limit: shown * size })
  return { items: rows.slice((shown - 1) * size), page: shown, totalPages }
}

/** The page next to one that is known, by the cursor of its last or first row. @throws bad_request */
export async function transactionsBeside(
  store: Store,
  user: UserId,
  { way, cursor, limit }: { way: 'older' | 'newer'; cursor: string; limit: number },
): Promise<readonly TransactionRow[]> {
  return await selectTransactions(store.db, user, { way, key: toKey(cursor), limit })
}

function toKey(cursor: string): TransactionKey {
  const [at, reference] = decodeCursor(cursor, ['number', 'string'] as const)
  return { at, reference }
}
