import type { Caller } from '../../../kernel/caller.ts'
import { invalidFields } from '../../../platform/http/validation.ts'
import { idempotent } from '../../../platform/idempotency/idempotent.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction, type Tx } from '../../../postgres/transaction.ts'
import { userId } from '../accounts/user-id.ts'
import { fail } from '../errors.ts'
import type { Store } from '../store.ts'
import type { Broadcast } from './broadcast.queries.ts'
import { findBroadcast } from './list-broadcasts.ts'

/** What sendMessage takes, counted as JavaScript counts. */
const MAX_TEXT = 4096

export interface DraftBroadcast {
  /** Plain text: what looks like markup is shown as it is written. */
  readonly body: string
  /** The same key again makes no second draft. */
  readonly idempotencyKey?: string
}

/** Keeps a text that may be sent to everybody (QuickCart, UC 18). @throws message_too_long, validation_failed */
export async function draftBroadcast(
  store: Store,
  caller: Caller,
  draft: DraftBroadcast,
): Promise<Broadcast> {
  const body = draft.body.trim()
  if (body === '' || body.includes('\0')) throw invalidFields([{ field: 'body', reason: 'must be a text' }])
  if (body.length > MAX_TEXT) throw fail('message_too_long', { length: body.length, max: MAX_TEXT })
  const author = userId(caller.id ?? 0)
  const key = draft.idempotencyKey
  const insert = (tx: Tx) => insertBroadcast(tx, { kind: 'message', body, author })
  const id = await inTransaction(store.db, caller, async (tx) => {
    if (key === undefined) return await insert(tx)
    return await idempotent(tx, { scope: `broadcast:${author}`, key, request: { body } }, () => insert(tx))
  })
  return await findBroadcast(store, id)
}

export async function insertBroadcast(
  tx: Tx,
  { kind, body, author }: { kind: Broadcast['kind']; body: string; author: bigint },
): Promise<number> {
  const { id } = await tx.one<{ id: bigint }>(sql`
    insert into broadcasts (kind, body, created_by, created_at, updated_at)
      values (${kind}, ${body}, ${author}, niaga.now(), niaga.now()) returning id`)
  return Number(id)
}
