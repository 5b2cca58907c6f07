import { decodeCursor, type Page, toPage } from '../../../kernel/cursor.ts'
import { fail } from '../errors.ts'
import type { Store } from '../store.ts'
import { type Broadcast, selectBroadcast, selectBroadcasts } from './broadcast.queries.ts'

export interface ListBroadcasts {
  readonly status?: Broadcast['status']
  readonly cursor?: string
  readonly limit: number
}

/** Newest first. @throws bad_request where the cursor is not one. */
export async function listBroadcasts(
  store: Store,
  { status, cursor, limit }: ListBroadcasts,
): Promise<Page<Broadcast>> {
  const rows = await selectBroadcasts(store.db, {
    limit,
    ...(status === undefined ? {} : { status }),
    ...(cursor === undefined ? {} : { beforeId: decodeCursor(cursor, ['number'] as const)[0] }),
  })
  return toPage(
    rows,
    limit,
    ({ id }) => [Number(id)],
    (row) => row,
  )
}

/** @throws broadcast_not_found */
export async function findBroadcast(store: Store, id: number): Promise<Broadcast> {
  const broadcast = await selectBroadcast(store.db, id)
  if (!broadcast) throw fail('broadcast_not_found')
  return broadcast
}
