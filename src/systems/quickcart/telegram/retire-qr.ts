import { telegramFailure } from '../../../gateways/telegram/failures.ts'
import { selectBill } from '../payments/bill.ts'
import type { Store } from '../store.ts'
import { billPaid } from './messages/bill.ts'

/** The QR code of what is paid loses its buttons and says so. A courtesy: failing, it is only logged. */
export async function retireQr(store: Store, invoice: string): Promise<void> {
  const bill = await selectBill(store.db, invoice, 'nobody')
  const { chatId, messageId } = bill?.payment ?? { chatId: null, messageId: null }
  if (!bill || chatId === null || messageId === null) return
  try {
    await store.telegram.call('editMessageCaption', {
      chat_id: Number(chatId),
      message_id: Number(messageId),
      caption: billPaid(bill).text,
      parse_mode: 'HTML',
    })
  } catch (error) {
    store.log.info(
      { invoice, failure: telegramFailure(error) },
      'the QR code of a paid invoice still looks open',
    )
  }
}
