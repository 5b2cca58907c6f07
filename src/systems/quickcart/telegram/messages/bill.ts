/** A payment on its way, for an order or a deposit: QR caption, status, and what became of it. */
import type { InlineKeyboardButton } from 'grammy/types'
import { rupiah } from '../../../../kernel/money.ts'
import type { Bill } from '../../payments/bill.ts'
import type { PaymentView } from '../../payments/payment-view.ts'
import { type Html, html, lines, visibleLength } from '../html.ts'
import { button, linkButton, type Message } from '../message.ts'
import { amountLines, backButton, itemLine } from './order.ts'
import { methodLabel, timeInWib } from './wording.ts'

/** sendPhoto takes no more beside the picture. */
const MAX_CAPTION = 1024

const statusLabels: Readonly<Record<Bill['status'], string>> = {
  pending: 'Menunggu pembayaran',
  paid: 'Lunas',
  expired: 'Kedaluwarsa',
  cancelled: 'Dibatalkan',
}

interface Words {
  /** In the middle of a sentence, and at its beginning. */
  readonly name: string
  readonly title: string
  readonly whenPaid: string
  readonly again: string
  readonly back: InlineKeyboardButton
}

const words: Readonly<Record<Bill['kind'], Words>> = {
  order: {
    name: 'pesanan',
    title: 'Pesanan',
    whenPaid: 'Barang dikirim ke chat ini begitu pembayaran diterima.',
    again: 'Kamu bisa memesan lagi kapan saja.',
    back: backButton,
  },
  deposit: {
    name: 'isi saldo',
    title: 'Isi saldo',
    whenPaid: 'Saldo kamu bertambah begitu pembayaran diterima.',
    again: 'Kamu bisa mengisi saldo lagi kapan saja.',
    back: button('⬅️ Kembali', 'account:menu'),
  },
}

/** Beside the QR code (QuickCart, UC 7): what it is for, fee, total due, invoice, deadline. */
export function qrCaption(bill: Bill, payment: PaymentView): Html {
  const caption = lines(
    html`<b>Pembayaran QRIS</b>`,
    html`Invoice: <code>${bill.invoice}</code>`,
    html``,
    ...contentLines(bill),
    html``,
    html`Bayar sebelum <b>${timeInWib(payment.expiresAt)}</b>.`,
    html`${words[bill.kind].whenPaid}`,
  )
  if (bill.kind === 'deposit' || visibleLength(caption) <= MAX_CAPTION) return caption
  return qrCaption({ ...bill, items: [] }, payment)
}

export function qrButtons({ invoice }: Bill, payment: PaymentView): NonNullable<Message['buttons']> {
  return [
    ...(payment.checkoutUrl === null ? [] : [[linkButton('🌐 Checkout Page', payment.checkoutUrl)]]),
    [
      button('🔄 Status Pembayaran', `payment:status:${invoice}`),
      button('❌ Batalkan', `payment:cancel:${invoice}`),
    ],
  ]
}

/** Where it stands. One that still waits offers what can be done about it. */
export function billStatus(bill: Bill): Message {
  const waiting = bill.status === 'pending' ? bill.payment : null
  const { title, back } = words[bill.kind]
  const text = lines(
    html`<b>${title} <code>${bill.invoice}</code></b>`,
    html`Status: <b>${statusLabels[bill.status]}</b>`,
    bill.kind === 'order' ? html`Metode: ${methodLabel(bill.method)}` : undefined,
    html``,
    ...contentLines(bill),
    waiting ? html`\nBayar sebelum <b>${timeInWib(waiting.expiresAt)}</b>.` : undefined,
  )
  return { text, buttons: waiting ? qrButtons(bill, waiting) : [[back]] }
}

/** The one that has to be finished first (QuickCart, §14.4 and UC 12). */
export function pendingBill(bill: Bill): Message {
  const { text, buttons } = billStatus(bill)
  return {
    text: lines(html`Selesaikan dulu ${words[bill.kind].name} ini sebelum membuat yang baru.`, html``, text),
    ...(buttons ? { buttons } : {}),
  }
}

/** While the QR is on its way; it follows by itself, also where the gateway has not answered yet. */
export function billAccepted(bill: Bill): Message {
  const how =
    bill.kind === 'order' && bill.method === 'account_balance'
      ? html`Pembayaran dari saldo berhasil. Barang dikirim ke chat ini.`
      : html`Kode QR sedang dibuat dan segera muncul di chat ini.`
  return { text: lines(html`${words[bill.kind].title} <code>${bill.invoice}</code> diterima.`, how) }
}

/** The only notice whose only button is [Kembali] (QuickCart, UC 9). */
export function billEnded({ kind, status, invoice }: Bill): Message {
  const { name, title, again, back } = words[kind]
  const what =
    status === 'expired'
      ? html`⌛ Waktu pembayaran ${name} <code>${invoice}</code> sudah habis.`
      : html`❌ ${title} <code>${invoice}</code> dibatalkan.`
  return { text: lines(what, html`Jangan membayar kode QR yang lama. ${again}`), buttons: [[back]] }
}

/** What the QR code's caption becomes. */
export function billPaid({ kind, invoice }: Bill): Html {
  return html`✅ ${words[kind].title} <code>${invoice}</code> sudah dibayar.`
}

/** Money that came for something which had already ended (QuickCart, UC 8). */
export function lateCredit({ kind, invoice, payment, total }: Bill): Message {
  return {
    text: lines(
      html`💰 Pembayaran untuk <code>${invoice}</code> datang setelah ${words[kind].name} berakhir.`,
      html`<b>${rupiah(payment?.amount ?? total)}</b> sudah ditambahkan ke saldo kamu.`,
    ),
    buttons: [[words[kind].back]],
  }
}

function contentLines(bill: Bill): readonly Html[] {
  if (bill.kind === 'order') return [...bill.items.map(itemLine), html``, amountLines(bill)]
  return [
    html`Isi saldo: ${rupiah(bill.amount)}`,
    html`Biaya QRIS: ${rupiah(bill.fee)}`,
    html`<b>Total: ${rupiah(bill.total)}</b>`,
  ]
}
