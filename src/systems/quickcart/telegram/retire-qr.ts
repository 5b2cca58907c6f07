import { telegramFailure } from '../../../gateways/telegram/failures.ts'
import { selectOrder } from '../orders/order.queries.ts'
import type { Store } from '../store.ts'
import { orderPaid } from './messages/order.ts'

/** The QR code of an order that is paid loses its buttons and says so. A courtesy: failing, it is only logged. */
export async function retireQr(store: Store, invoice: string): Promise<void> {
  const order = await selectOrder(store.db, invoice, 'nobody')
  const { chatId, messageId } = order?.payment ?? { chatId: null, messageId: null }
  if (chatId === null || messageId === null) return
  try {
    await store.telegram.call('editMessageCaption', {
      chat_id: Number(chatId),
      message_id: Number(messageId),
      caption: orderPaid(invoice).text,
      parse_mode: 'HTML',
    })
  } catch (error) {
    store.log.info(
      { invoice, failure: telegramFailure(error) },
      'the QR code of a paid order still looks open',
    )
  }
}
