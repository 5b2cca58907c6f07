/** Goods for an admin's eyes (/exportstock): read when the file is sent, and stored nowhere on the way. */
import { InputFile } from 'grammy'
import { Type } from 'typebox'
import { Value } from 'typebox/value'
import { isAdmin } from '../accounts/find-users.ts'
import { userId } from '../accounts/user-id.ts'
import { exportStock } from '../stock/export-stock.ts'
import { textPayload } from './message.ts'
import { noStock, stockFileCaption } from './messages/catalog.ts'
import { call, type Notices } from './notice.ts'
import { skipped } from './sent.ts'

const StockExport = Type.Object({ product_id: Type.Integer() })

export const stockNotices: Notices = {
  async stock_export(store, row) {
    if (!(await isAdmin(store, userId(row.chat_id)))) return skipped('the reader is no admin')
    const { product_id: id } = Value.Parse(StockExport, row.payload)
    const goods = await exportStock(store, id)
    if (goods.length === 0) return await call(store, row, 'sendMessage', textPayload(noStock(id)))
    return await call(store, row, 'sendDocument', {
      document: new InputFile(Buffer.from(`${goods.join('\n')}\n`, 'utf8'), `stok-${id}.txt`),
      caption: stockFileCaption(id, goods.length).text,
      parse_mode: 'HTML',
    })
  },
}
