import { decodeCursor, type Page, toPage } from '../../../kernel/cursor.ts'
import type { Store } from '../store.ts'
import { selectRefunds } from './refund.queries.ts'
import type { RefundStatus, RefundView } from './refund-view.ts'

export interface ListRefunds {
  readonly status?: RefundStatus
  readonly cursor?: string
  readonly limit: number
}

/** Everybody's, newest first. @throws bad_request where the cursor is not one */
export async function listRefunds(
  store: Store,
  { status, cursor, limit }: ListRefunds,
): Promise<Page<RefundView>> {
  const rows = await selectRefunds(store.db, {
    limit,
    ...(status === undefined ? {} : { status }),
    ...(cursor === undefined ? {} : { beforeId: BigInt(decodeCursor(cursor, ['number'] as const)[0]) }),
  })
  return toPage(
    rows,
    limit,
    ({ id }) => [Number(id)],
    (refund) => refund,
  )
}
