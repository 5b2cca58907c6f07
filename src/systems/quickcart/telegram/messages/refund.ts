/** Money back: what it would be, that it was asked for, what became of it (QuickCart, UC 14). */
import { rupiah } from '../../../../kernel/money.ts'
import type { RefundQuote, RefundView } from '../../refunds/refund-view.ts'
import { type Html, html, lines } from '../html.ts'
import { button, type Message } from '../message.ts'
import { backButton } from './order.ts'

export function refundableList(invoices: readonly string[]): Message {
  if (invoices.length === 0) {
    return { text: html`Belum ada pesanan yang bisa direfund.`, buttons: [[backButton]] }
  }
  return {
    text: lines(html`<b>Refund</b>`, html`Pilih pesanan, atau ketik <code>/refund INVOICE</code>.`),
    buttons: [...invoices.map((invoice) => [button(invoice, `refund:quote:${invoice}`)]), [backButton]],
  }
}

export function refundOffer(quote: RefundQuote): Message {
  return {
    text: lines(
      html`<b>Refund pesanan <code>${quote.invoice}</code></b>`,
      html``,
      figures(quote),
      html``,
      html`Setelah disetujui admin, refund masuk ke saldo kamu.`,
    ),
    buttons: [[button('💸 Ajukan Refund', `refund:request:${quote.invoice}`)], [backButton]],
  }
}

export function refundRequested(refund: RefundView): Message {
  return {
    text: lines(
      html`✅ Refund <b>${rupiah(refund.amount)}</b> untuk <code>${refund.invoice}</code> sudah diajukan.`,
      html`Kami kabari begitu admin memutuskan.`,
    ),
    buttons: [[backButton]],
  }
}

export function refundPaid({ invoice, amount }: RefundView): Message {
  return {
    text: lines(
      html`💰 Refund pesanan <code>${invoice}</code> disetujui.`,
      html`<b>${rupiah(amount)}</b> sudah ditambahkan ke saldo kamu.`,
    ),
    buttons: [[backButton]],
  }
}

export function refundRejected({ invoice, reason }: RefundView): Message {
  return {
    text: lines(
      html`❌ Refund pesanan <code>${invoice}</code> ditolak.`,
      html`Alasan: ${reason ?? '–'}`,
      html`Kamu boleh mengajukannya lagi, atau kirim pesan ke admin.`,
    ),
    buttons: [[backButton]],
  }
}

/** To the staff, with the buttons that decide. */
export function refundToDecide(refund: RefundView): Message {
  return {
    text: lines(html`💸 <b>Permintaan refund</b>`, staffLines(refund)),
    buttons: [
      [button('✅ Setujui', `refund:approve:${refund.id}`), button('❌ Tolak', `refund:reject:${refund.id}`)],
    ],
  }
}

/** What that message becomes. */
export function refundDecided(refund: RefundView): Message {
  const { status, decidedBy, reason } = refund
  return {
    text: lines(
      status === 'paid' ? html`✅ <b>Refund disetujui</b>` : html`❌ <b>Refund ditolak</b>`,
      staffLines(refund),
      html`Oleh: <code>${String(decidedBy)}</code>`,
      reason === null ? undefined : html`Alasan: ${reason}`,
    ),
    buttons: [],
  }
}

export function askRejection(refundId: bigint | string): Message {
  return { text: html`Tulis alasan penolakan refund #${String(refundId)}, atau /cancel.` }
}

function staffLines(refund: RefundView): Html {
  return lines(
    html`Refund: #${String(refund.id)}`,
    html`Invoice: <code>${refund.invoice}</code>`,
    html`Pembeli: <code>${String(refund.userId)}</code>`,
    figures(refund),
  )
}

function figures({ base, daysUsed, claims, multiplier, amount }: RefundQuote): Html {
  return lines(
    html`Dibayar: ${rupiah(base)}`,
    html`Lama pakai: ${daysUsed} hari`,
    html`Klaim garansi: ${claims}`,
    html`Pengali: ${multiplier}`,
    html`Refund: <b>${rupiah(amount)}</b>`,
  )
}
