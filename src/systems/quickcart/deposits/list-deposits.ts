import { decodeCursor, type Page, toPage } from '../../../kernel/cursor.ts'
import type { UserId } from '../accounts/user-id.ts'
import type { Store } from '../store.ts'
import { selectDeposits } from './deposit.queries.ts'
import type { DepositStatus, DepositView } from './deposit-view.ts'

export interface ListDeposits {
  /** Left out: everybody's, for admins. */
  readonly userId?: UserId
  readonly status?: DepositStatus
  readonly cursor?: string
  readonly limit: number
}

/** Newest first. @throws bad_request where the cursor is not one. */
export async function listDeposits(store: Store, filter: ListDeposits): Promise<Page<DepositView>> {
  const { userId, status, cursor, limit } = filter
  const rows = await selectDeposits(store.db, {
    limit,
    ...(userId === undefined ? {} : { owner: userId }),
    ...(status === undefined ? {} : { status }),
    ...(cursor === undefined ? {} : { beforeId: decodeCursor(cursor, ['number'] as const)[0] }),
  })
  return toPage(
    rows,
    limit,
    ({ id }) => [id],
    ({ view }) => view,
  )
}
