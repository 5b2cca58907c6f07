/** What customers and staff are told about an order or a deposit (databases/db_store1, notify_user and notify_staff). */
import { InputFile } from 'grammy'
import { telegramFailure } from '../../../gateways/telegram/failures.ts'
import { profileOf } from '../accounts/profile.ts'
import { type Bill, selectBill } from '../payments/bill.ts'
import type { Store } from '../store.ts'
import { inlineKeyboard, type Message, textPayload } from './message.ts'
import { billEnded, lateCredit, qrButtons, qrCaption } from './messages/bill.ts'
import { delivery } from './messages/delivery.ts'
import { depositPaid } from './messages/deposit.ts'
import { staffKinds, staffNotice } from './messages/staff.ts'
import { call, type Notices } from './notice.ts'
import type { OutboxRow } from './outbox.queries.ts'
import { qrImage } from './qr-image.ts'
import { type Sent, skipped } from './sent.ts'

/** What a notice has to work with. */
interface Notice {
  readonly store: Store
  readonly row: OutboxRow
  readonly bill: Bill
}

export const billNotices: Notices = {
  show_payment: withBill(showPayment),
  deliver: withBill(deliver, 'everybody'),
  deposit_paid: withBill(tellDeposit),
  late_credit: withBill((notice) => sendMessage(notice, lateCredit(notice.bill))),
  payment_expired: withBill(replaceQr),
  payment_cancelled: withBill(replaceQr),
  payment_failed: withBill(replaceQr),
  ...Object.fromEntries(
    staffKinds.map((kind) => [
      kind,
      withBill((notice) => sendMessage(notice, staffNotice(kind, notice.bill, notice.row.payload))),
    ]),
  ),
}

/** `goodsFor`: the goods are looked up only to be handed over. */
function withBill(
  send: (notice: Notice) => Promise<Sent>,
  goodsFor: 'nobody' | 'everybody' = 'nobody',
): Notices[string] {
  return async (store, row) => {
    const bill = await selectBill(store.db, invoiceOf(row), goodsFor)
    return bill ? await send({ store, row, bill }) : skipped('there is no such invoice')
  }
}

function invoiceOf(row: OutboxRow): string {
  const { invoice } = row.payload
  return typeof invoice === 'string' ? invoice : (row.ref_id ?? '')
}

/** The QR code as a photo (QuickCart, UC 7); nothing where it ended before its turn came. */
async function showPayment({ store, row, bill }: Notice): Promise<Sent> {
  const { payment, invoice } = bill
  if (payment?.status !== 'awaiting' || payment.qrString === null) {
    return skipped(`the payment is ${payment?.status ?? 'missing'}`)
  }
  const sent = await call(store, row, 'sendPhoto', {
    photo: new InputFile(await qrImage(payment.qrString), `${invoice}.png`),
    caption: qrCaption(bill, payment).text,
    parse_mode: 'HTML',
    reply_markup: inlineKeyboard(qrButtons(bill, payment)),
  })
  return { ...sent, qrOf: invoice }
}

/** The goods (QuickCart, UC 11). */
async function deliver(notice: Notice): Promise<Sent> {
  const { store, row, bill } = notice
  if (bill.kind !== 'order') return skipped('a deposit has no goods')
  const goods = delivery(bill)
  const sent =
    goods.as === 'message'
      ? await sendMessage(notice, goods)
      : await call(store, row, 'sendDocument', {
          document: new InputFile(Buffer.from(goods.content, 'utf8'), goods.fileName),
          caption: goods.caption.text,
          parse_mode: 'HTML',
        })
  return { ...sent, paid: bill.invoice }
}

/** The balance as it is when the message leaves. */
async function tellDeposit(notice: Notice): Promise<Sent> {
  const { store, bill } = notice
  if (bill.kind !== 'deposit') return skipped('an order is told with its goods')
  const { balance } = await profileOf(store, bill.userId)
  return { ...(await sendMessage(notice, depositPaid(bill, balance))), paid: bill.invoice }
}

/**
 * Instead of the QR code, which must not be paid any more, a notice (QuickCart, UC 9): the message is deleted; where
 * it is too old for that its caption becomes the notice; where that fails too the notice stands alone.
 */
async function replaceQr(notice: Notice): Promise<Sent> {
  const { store, row, bill } = notice
  const ended = billEnded(bill)
  const { chatId, messageId } = bill.payment ?? { chatId: null, messageId: null }
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
