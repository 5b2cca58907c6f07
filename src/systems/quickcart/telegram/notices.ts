/** The notices that the database asks for (databases/db_store1, notify_user and notify_staff). */
import { InputFile } from 'grammy'
import { telegramFailure } from '../../../gateways/telegram/failures.ts'
import type { TelegramMethod } from '../../../gateways/telegram/methods.ts'
import { selectOrder } from '../orders/order.queries.ts'
import type { OrderView } from '../orders/order-view.ts'
import type { Store } from '../store.ts'
import { inlineKeyboard, type Message, textPayload } from './message.ts'
import { delivery } from './messages/delivery.ts'
import { lateCredit, orderEnded, qrButtons, qrCaption } from './messages/order.ts'
import { isStaffKind, staffNotice } from './messages/staff.ts'
import type { OutboxRow } from './outbox.queries.ts'
import { qrImage } from './qr-image.ts'
import { type Sent, said, skipped } from './sent.ts'

/** What a notice has to work with. */
interface Notice {
  readonly store: Store
  readonly row: OutboxRow
  readonly order: OrderView
}

const customerNotices: Readonly<Record<string, (notice: Notice) => Promise<Sent>>> = {
  show_payment: showPayment,
  deliver,
  late_credit: async (notice) =>
    await sendMessage(
      notice,
      lateCredit(notice.order.invoice, notice.order.payment ?? { amount: notice.order.total }),
    ),
  payment_expired: replaceQr,
  payment_cancelled: replaceQr,
  payment_failed: replaceQr,
}

/** @throws TelegramError, TypeError where nobody knows such a notice. */
export async function sendNotice(store: Store, row: OutboxRow, kind: string): Promise<Sent> {
  const order = await selectOrder(store.db, invoiceOf(row), kind === 'deliver' ? 'everybody' : 'nobody')
  if (!order) return skipped('there is no such order')
  const notice = { store, row, order }
  if (isStaffKind(kind)) return await sendMessage(notice, staffNotice(kind, order, row.payload))
  const send = customerNotices[kind]
  if (!send) throw new TypeError(`there is no notice "${kind}"`)
  return await send(notice)
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

async function call(
  store: Store,
  row: OutboxRow,
  method: TelegramMethod,
  payload: Readonly<Record<string, unknown>>,
): Promise<Sent> {
  return said(await store.telegram.call(method, { chat_id: Number(row.chat_id), ...payload }))
}
