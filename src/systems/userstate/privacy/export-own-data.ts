import type { Caller } from '../../../kernel/caller.ts'
import { exportDocument } from '../../../platform/export/document.ts'
import { toJson } from '../../../platform/http/json.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { findProfile } from '../accounts/profile.queries.ts'
import { toProfileAnswer } from '../accounts/profile.schemas.ts'
import type { Store } from '../store.ts'
import { sectionsOf } from './export-sections.ts'

/**
 * Everything of somebody's, as JSON text piece by piece (UserState, §13); that it was asked for is on record. Rows that
 * change meanwhile are as they were when their page was read.
 */
export async function exportOwnData(
  store: Store,
  caller: Caller,
  username: string,
): Promise<AsyncIterable<string>> {
  const profile = await findProfile(store, username)
  await inTransaction(store.db, caller, (tx) =>
    tx.run(sql`select audit.emit('export', 'user_login', ${username})`),
  )
  return exportDocument(store.clock.now(), toJson(toProfileAnswer(profile)), sectionsOf(store, username))
}
