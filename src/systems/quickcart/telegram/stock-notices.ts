/** Goods for an admin's eyes (/exportstock): read when the file is sent, and stored nowhere on the way. */
import { InputFile } from 'grammy'
import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'
import { sql } from '../../../postgres/sql.ts'
import { isAdmin } from '../accounts/find-users.ts'
import { userId } from '../accounts/user-id.ts'
import { exportStock } from '../stock/export-stock.ts'
import type { Store } from '../store.ts'
import { textPayload } from './message.ts'
import { noStock, stockFileCaption } from './messages/catalog.ts'
import { call, type Notices } from './notice.ts'
import type { OutboxRow } from './outbox.queries.ts'
import { skipped } from './sent.ts'

/** Telegram takes 50 MB; what is sent in one call should be through within seconds. */
const MAX_FILE_BYTES = 20_000_000

/** `part`: the file's number, from 1; `after`: where the file before it ends. */
const StockExport = Type.Object({
  product_id: Type.Integer(),
  part: Type.Optional(Type.Integer()),
  after: Type.Optional(Type.Object({ at: Type.String(), id: Type.String() })),
})

export const stockNotices: Notices = {
  async stock_export(store, row) {
    if (!(await isAdmin(store, userId(row.chat_id)))) return skipped('the reader is no admin')
    const { product_id: id, part = 1, after } = Value.Parse(StockExport, row.payload)
    const { goods, next } = await exportStock(store, id, { maxBytes: MAX_FILE_BYTES, after })
    if (goods.length === 0)
      return part === 1
        ? await call(store, row, 'sendMessage', textPayload(noStock(id)))
        : skipped('the rest was sold meanwhile')
    if (next !== undefined) await queueNext(store, row, { product_id: id, part: part + 1, after: next })
    const isWhole = part === 1 && next === undefined
    return await call(store, row, 'sendDocument', {
      document: new InputFile(
        Buffer.from(`${goods.join('\n')}\n`, 'utf8'),
        isWhole ? `stok-${id}.txt` : `stok-${id}-${part}.txt`,
      ),
      caption: stockFileCaption(id, goods.length, isWhole ? undefined : part).text,
      parse_mode: 'HTML',
    })
  },
}

/** A row of its own for every file, so that a try that fails repeats no other. Once, however often this one is tried. */
async function queueNext(store: Store, row: OutboxRow, next: Static<typeof StockExport>): Promise<void> {
  await store.db.run(sql`
    insert into telegram_outbox (chat_id, method, payload, priority, dedupe_key, next_attempt_at, created_at)
      values (${row.chat_id}, 'sendDocument', ${sql.json({ kind: 'stock_export', ...next })}, ${row.priority},
        ${`stock_export:${row.id}`}, niaga.now(), niaga.now())
      on conflict (dedupe_key) do nothing`)
}
