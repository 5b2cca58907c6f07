import { type FileHandle, open } from 'node:fs/promises'
import { sql } from '../../../postgres/sql.ts'
import type { Viewer } from '../accounts/viewer.ts'
import type { PrivacyRequestsRow } from '../databases/db_store1/tables.ts'
import { fail } from '../errors.ts'
import type { Store } from '../store.ts'
import { exportFile } from './export-file.ts'

type ExportRow = Pick<PrivacyRequestsRow, 'user_id' | 'status' | 'download_until'>

/**
 * The export's file, opened; undefined while it is being made.
 * @throws not_found also where it is somebody else's, export_expired
 */
export async function openExport(store: Store, id: bigint, viewer: Viewer): Promise<FileHandle | undefined> {
  const row = await store.db.maybeOne<ExportRow>(sql`
    select user_id, status, download_until from privacy_requests where id = ${id} and kind = 'export'`)
  if (!row || (row.user_id !== viewer.userId && !viewer.isAdmin)) throw fail('not_found')
  if (row.status === 'requested' || row.status === 'processing') return undefined
  const isOver = row.download_until === null || row.download_until <= store.clock.now()
  if (isOver) throw fail('export_expired')
  return await open(store.exports.path(exportFile(id))).catch((error: unknown) => {
    throw fail('export_expired', {}, { cause: error })
  })
}
