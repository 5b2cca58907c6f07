/** What admins and notification groups are told about an order or a deposit. Never goods. */
import { rupiah } from '../../../../kernel/money.ts'
import type { Bill } from '../../payments/bill.ts'
import { type Html, html, lines } from '../html.ts'
import type { Message } from '../message.ts'
import { itemLine } from './order.ts'
import { methodLabel } from './wording.ts'

/** Facts come from the row that asks for the notice. */
export type Facts = Readonly<Record<string, unknown>>

const titles: Readonly<Record<Bill['kind'], string>> = { order: 'Pesanan', deposit: 'Isi saldo' }

const headlines = {
  staff_order_paid: () => html`✅ <b>Pesanan lunas</b>`,
  staff_deposit_paid: () => html`✅ <b>Isi saldo lunas</b>`,
  staff_payment_expired: (_, kind) => html`⌛ <b>${titles[kind]} kedaluwarsa</b>`,
  staff_payment_failed: ({ error }) => html`⚠️ <b>Pembayaran gagal dibuat</b> (${String(error)})`,
  staff_payment_late: () => html`💰 <b>Pembayaran terlambat</b>, masuk ke saldo pembeli`,
  staff_amount_mismatch: ({ amount }) =>
    html`🚨 <b>Jumlah pembayaran berbeda</b>: gateway menyebut Rp ${String(amount)}. Tidak ada uang yang dibukukan.`,
  staff_payment_unanswered: () =>
    html`❓ <b>Gateway tidak menjawab</b> dua hari setelah pembayaran ini ditutup. Cek di gateway apakah uangnya masuk.`,
  staff_message_failed: ({ about, error }) =>
    html`🚨 <b>Pesan tidak terkirim</b> (${String(about)}): ${String(error)}`,
} as const satisfies Record<string, (facts: Facts, kind: Bill['kind']) => Html>

export type StaffKind = keyof typeof headlines

export const staffKinds = Object.keys(headlines) as readonly StaffKind[]

export function staffNotice(kind: StaffKind, bill: Bill, facts: Facts): Message {
  const headline: Html = headlines[kind](facts, bill.kind)
  return {
    text: lines(
      headline,
      html`Invoice: <code>${bill.invoice}</code>`,
      html`Pembeli: <code>${String(bill.userId)}</code>`,
      ...(bill.kind === 'order'
        ? [html`Metode: ${methodLabel(bill.method)}`, ...bill.items.map(itemLine)]
        : [html`Isi saldo: ${rupiah(bill.amount)}`]),
      html`Total: <b>${rupiah(bill.total)}</b>`,
    ),
  }
}
