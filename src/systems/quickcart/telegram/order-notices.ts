/** What customers and staff are told about an order (databases/db_store1, notify_user and notify_staff). */
import { InputFile } from 'grammy'
import { telegramFailure } from '../../../gateways/telegram/failures.ts'
import { selectOrder } from '../orders/order.queries.ts'
import type { OrderView } from '../orders/order-view.ts'
import type { Store } from '../store.ts'
import { inlineKeyboard, type Message, textPayload } from './message.ts'
import { delivery } from './messages/delivery.ts'
import { lateCredit, orderEnded, qrButtons, qrCaption } from './messages/order.ts'
import { staffKinds, staffNotice } from './messages/staff.ts'
import { call, type Notices } from './notice.ts'
import type { OutboxRow } from './outbox.queries.ts'
import { qrImage } from './qr-image.ts'
import { type Sent, skipped } from './sent.ts'

/** What a notice has to work with. */
interface Notice {
  readonly store: Store
  readonly row: OutboxRow
  readonly order: OrderView
}

export const orderNotices: Notices = {
  show_payment: withOrder(showPayment),
  deliver: withOrder(deliver, 'everybody'),
  late_credit: withOrder((notice) =>
    sendMessage(
      notice,
      lateCredit(notice.order.invoice, notice.order.payment ?? { amount: notice.order.total }),
    ),
  ),
  payment_expired: withOrder(replaceQr),
  payment_cancelled: withOrder(replaceQr),
  payment_failed: withOrder(replaceQr),
  ...Object.fromEntries(
    staffKinds.map((kind) => [
      kind,
      withOrder((notice) => sendMessage(notice, staffNotice(kind, notice.order, notice.row.payload))),
    ]),
  ),
}

/** `goodsFor`: the goods are looked up only to be handed over. */
function withOrder(
  send: (notice: Notice) => Promise<Sent>,
  goodsFor: 'nobody' | 'everybody' = 'nobody',
): Notices[string] {
  return async (store, row) => {
    const order = await selectOrder(store.db, invoiceOf(row), goodsFor)
    return order ? await send({ store, row, order }) : skipped('there is no such order')
  }
}

function invoiceOf(row: OutboxRow): string {
  const { invoice } = row.payload
  return typeof invoice === 'string' ? invoice : (row.ref_id ?? '')
}

/** The QR code as a photo (QuickCart, UC 7); nothing where the order ended before its turn came. */
async function showPayment({ store, row, order }: Notice): Promise<Sent> {
  const { payment } = order
  if (payment?.status !== 'awaiting' || payment.qrString === null) {
    return skipped(`the payment is ${payment?.status ?? 'missing'}`)
  }
  const sent = await call(store, row, 'sendPhoto', {
    photo: new InputFile(await qrImage(payment.qrString), `${order.invoice}.png`),
    caption: qrCaption(order, payment).text,
    parse_mode: 'HTML',
    reply_markup: inlineKeyboard(qrButtons(order, payment)),
  })
  return { ...sent, qrOf: order.invoice }
}

/** The goods (QuickCart, UC 11). */
async function deliver(notice: Notice): Promise<Sent> {
  const { store, row, order } = notice
  const goods = delivery(order)
  const sent =
    goods.as === 'message'
      ? await sendMessage(notice, goods)
      : await call(store, row, 'sendDocument', {
          document: new InputFile(Buffer.from(goods.content, 'utf8'), goods.fileName),
          caption: goods.caption.text,
          parse_mode: 'HTML',
        })
  return { ...sent, goodsOf: order.invoice }
}

/**
 * Instead of the QR code, which must not be paid any more, a notice (QuickCart, UC 9): the message is deleted; where
 * it is too old for that its caption becomes the notice; where that fails too the notice stands alone.
 */
async function replaceQr(notice: Notice): Promise<Sent> {
  const { store, row, order } = notice
  const ended = orderEnded(order)
  const { chatId, messageId } = order.payment ?? { chatId: null, messageId: null }
  if (chatId === null || messageId === null) return await sendMessage(notice, ended)
  const qr = { chat_id: Number(chatId), message_id: Number(messageId) }
  const deleted = await attempt(() => store.telegram.call('deleteMessage', qr))
  if (deleted) return await sendMessage(notice, ended)
  const caption = {
    ...qr,
    caption: ended.text.text,
    parse_mode: 'HTML',
    reply_markup: inlineKeyboard(ended.buttons),
  }
  const edited = await attempt(() => store.telegram.call('editMessageCaption', caption))
  return edited ? { messageId, note: null } : await call(store, row, 'sendMessage', textPayload(ended))
}

/** True where the call had its effect or was not needed; false where it never will. @throws what may pass. */
async function attempt(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work()
    return true
  } catch (error) {
    const { kind } = telegramFailure(error)
    if (kind === 'done') return true
    if (kind === 'rejected') return false
    throw error
  }
}

async function sendMessage({ store, row }: Notice, message: Message): Promise<Sent> {
  return await call(store, row, 'sendMessage', textPayload(message))
}
