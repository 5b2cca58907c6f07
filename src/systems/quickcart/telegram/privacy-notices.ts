/** The document that somebody asked for of their own data (privacy/build-export.ts). */
import { stat } from 'node:fs/promises'
import { InputFile } from 'grammy'
import { isDomainError } from '../../../kernel/errors.ts'
import { userId } from '../accounts/user-id.ts'
import { exportFile } from '../privacy/export-file.ts'
import { openExport } from '../privacy/find-export.ts'
import type { Store } from '../store.ts'
import { textPayload } from './message.ts'
import { exportCaption, exportTooLarge } from './messages/privacy.ts'
import { call, type Notices } from './notice.ts'
import type { OutboxRow } from './outbox.queries.ts'
import { type Sent, skipped } from './sent.ts'

const MAX_DOCUMENT_BYTES = 50_000_000

export const privacyNotices: Notices = { export_ready: sendExport }

async function sendExport(store: Store, row: OutboxRow): Promise<Sent> {
  const id = BigInt(row.ref_id ?? 0)
  const size = await sizeOf(store, id, row.chat_id)
  if (size === undefined) return skipped('the export has ended')
  if (size > MAX_DOCUMENT_BYTES) return await call(store, row, 'sendMessage', textPayload(exportTooLarge()))
  return await call(store, row, 'sendDocument', {
    document: new InputFile(store.exports.path(exportFile(id)), `quickcart-${id}.json`),
    caption: exportCaption().text,
    parse_mode: 'HTML',
  })
}

/** Undefined where it may not be read any more. */
async function sizeOf(store: Store, id: bigint, chat: bigint): Promise<number | undefined> {
  try {
    const file = await openExport(store, id, { userId: userId(chat), isAdmin: false })
    if (!file) return undefined
    await file.close()
    return (await stat(store.exports.path(exportFile(id)))).size
  } catch (error) {
    if (isDomainError(error)) return undefined
    throw error
  }
}
