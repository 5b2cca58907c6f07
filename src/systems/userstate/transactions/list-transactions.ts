import { decodeCursor, type Page, toPage } from '../../../kernel/cursor.ts'
import { fail } from '../errors.ts'
import type { Store } from '../store.ts'
import { selectTransaction, selectTransactions, type TransactionFilter } from './transaction.queries.ts'
import type { TransactionView } from './transaction-view.ts'

/** Newest first (UserState, U11). @throws bad_request where the cursor is not one */
export async function listTransactions(
  { db }: Store,
  filter: TransactionFilter,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<Page<TransactionView>> {
  const rows = await selectTransactions(
    db,
    filter,
    limit + 1,
    cursor === undefined ? undefined : read(cursor),
  )
  return toPage(
    rows,
    limit,
    ({ cursorAt, id }) => [cursorAt, Number(id)],
    (row) => row,
  )
}

/** @throws not_found, also for somebody else's */
export async function findTransaction(
  { db }: Store,
  id: bigint,
  username?: string,
): Promise<TransactionView> {
  const found = await selectTransaction(db, id)
  if (!found || (username !== undefined && found.username !== username)) throw fail('not_found')
  return found
}

function read(cursor: string): { at: string; id: number } {
  const [at, id] = decodeCursor(cursor, ['string', 'number'] as const)
  if (!/^[0-9]{4,5}-[0-9]{2}-[0-9]{2} [0-9:.+-]{8,25}$/.test(at)) {
    throw fail('bad_request', { reason: 'the cursor is not valid' })
  }
  return { at, id }
}
