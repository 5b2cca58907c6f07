/** An order on its way: summary lines, QR caption, status, and what became of it. */
import { rupiah } from '../../../../kernel/money.ts'
import type { OrderItemView, OrderStatus, OrderView, PaymentView } from '../../orders/order-view.ts'
import { type Html, html, lines, visibleLength } from '../html.ts'
import { button, linkButton, type Message } from '../message.ts'
import { methodLabel, timeInWib } from './wording.ts'

/** sendPhoto takes no more beside the picture. */
const MAX_CAPTION = 1024

const statusLabels: Readonly<Record<OrderStatus, string>> = {
  pending: 'Menunggu pembayaran',
  paid: 'Lunas',
  expired: 'Kedaluwarsa',
  cancelled: 'Dibatalkan',
}

export const backButton = button('⬅️ Kembali', 'menu:main')

export type PricedLine = Pick<OrderItemView, 'productName' | 'quantity' | 'pricePerUnit'>

/** "• 2 × Netflix 1 Bulan @ Rp 15.000" */
export function itemLine({ productName, quantity, pricePerUnit }: PricedLine): Html {
  return html`• ${quantity} × ${productName} @ ${rupiah(pricePerUnit)}`
}

/** Goods, discount, fee, total: of an order or of a quote. */
function amountLines(amounts: Pick<OrderView, 'subtotal' | 'voucherDiscount' | 'fee' | 'total'>): Html {
  const { subtotal, voucherDiscount, fee, total } = amounts
  return lines(
    html`Subtotal: ${rupiah(subtotal)}`,
    voucherDiscount > 0n ? html`Voucher: -${rupiah(voucherDiscount)}` : undefined,
    fee > 0n ? html`Biaya QRIS: ${rupiah(fee)}` : undefined,
    html`<b>Total: ${rupiah(total)}</b>`,
  )
}

/** Beside the QR code (QuickCart, UC 7): goods total, fee, total due, invoice, deadline. */
export function qrCaption(order: OrderView, payment: PaymentView): Html {
  const caption = lines(
    html`<b>Pembayaran QRIS</b>`,
    html`Invoice: <code>${order.invoice}</code>`,
    html``,
    ...order.items.map(itemLine),
    html``,
    amountLines(order),
    html``,
    html`Bayar sebelum <b>${timeInWib(payment.expiresAt)}</b>.`,
    html`Barang dikirim ke chat ini begitu pembayaran diterima.`,
  )
  if (visibleLength(caption) <= MAX_CAPTION) return caption
  return qrCaption({ ...order, items: [] }, payment)
}

export function qrButtons(order: OrderView, payment: PaymentView): NonNullable<Message['buttons']> {
  return [
    ...(payment.checkoutUrl === null ? [] : [[linkButton('🌐 Checkout Page', payment.checkoutUrl)]]),
    [
      button('🔄 Status Pembayaran', `payment:status:${order.invoice}`),
      button('❌ Batalkan', `payment:cancel:${order.invoice}`),
    ],
  ]
}

/** Where an order stands. One that still waits offers what can be done about it. */
export function orderStatus(order: OrderView): Message {
  const waiting = order.status === 'pending' ? order.payment : null
  const text = lines(
    html`<b>Pesanan <code>${order.invoice}</code></b>`,
    html`Status: <b>${statusLabels[order.status]}</b>`,
    html`Metode: ${methodLabel(order.method)}`,
    html``,
    ...order.items.map(itemLine),
    html``,
    amountLines(order),
    waiting ? html`\nBayar sebelum <b>${timeInWib(waiting.expiresAt)}</b>.` : undefined,
  )
  return { text, buttons: waiting ? qrButtons(order, waiting) : [[backButton]] }
}

/** The order that has to be finished first (QuickCart, §14.4). */
export function pendingOrder(order: OrderView): Message {
  const { text, buttons } = orderStatus(order)
  return {
    text: lines(html`Selesaikan dulu pesanan ini sebelum membuat yang baru.`, html``, text),
    ...(buttons ? { buttons } : {}),
  }
}

/** While the gateway has not answered yet; the QR follows by itself. */
export function orderAccepted(order: OrderView): Message {
  const how =
    order.method === 'qris'
      ? html`Kode QR sedang dibuat dan segera muncul di chat ini.`
      : html`Pembayaran dari saldo berhasil. Barang dikirim ke chat ini.`
  return { text: lines(html`Pesanan <code>${order.invoice}</code> diterima.`, how) }
}

/** The only notice whose only button is [Kembali] (QuickCart, UC 9). */
export function orderEnded(order: Pick<OrderView, 'invoice' | 'status'>): Message {
  const what =
    order.status === 'expired'
      ? html`⌛ Waktu pembayaran pesanan <code>${order.invoice}</code> sudah habis.`
      : html`❌ Pesanan <code>${order.invoice}</code> dibatalkan.`
  return {
    text: lines(what, html`Jangan membayar kode QR yang lama. Kamu bisa memesan lagi kapan saja.`),
    buttons: [[backButton]],
  }
}

/** What the QR code's caption becomes. */
export function orderPaid(invoice: string): Html {
  return html`✅ Pesanan <code>${invoice}</code> sudah dibayar.`
}

/** Money that came for an order which had already ended (QuickCart, UC 8). */
export function lateCredit(invoice: string, payment: Pick<PaymentView, 'amount'>): Message {
  return {
    text: lines(
      html`💰 Pembayaran untuk <code>${invoice}</code> datang setelah pesanan berakhir.`,
      html`<b>${rupiah(payment.amount)}</b> sudah ditambahkan ke saldo kamu.`,
    ),
    buttons: [[backButton]],
  }
}
