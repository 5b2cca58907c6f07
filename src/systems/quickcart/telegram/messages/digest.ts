/** Many order notices in one message, for the staff. */
import { type Money, rupiah } from '../../../../kernel/money.ts'
import { html, lines } from '../html.ts'
import type { Message } from '../message.ts'
import { grouped } from './wording.ts'

/** As merge_order_notice knows them: what happens every day, unlike what somebody has to see to. */
const titles = {
  staff_order_paid: '✅ Pesanan lunas',
  staff_deposit_paid: '✅ Isi saldo lunas',
  staff_payment_expired: '⌛ Kedaluwarsa',
} as const

export type OrderNotice = keyof typeof titles

export function isOrderNotice(kind: unknown): kind is OrderNotice {
  return typeof kind === 'string' && kind in titles
}

/** More would be a wall of numbers; all of them are in the list of orders. */
const NAMED = 30

export function staffDigest(
  sums: readonly { kind: OrderNotice; count: number; total: Money<'IDR'> }[],
  invoices: readonly string[],
): Message {
  const rest = invoices.length - NAMED
  return {
    text: lines(
      html`🧾 <b>Ringkasan ${grouped(invoices.length)} pemberitahuan</b>`,
      html``,
      ...sums.map(
        ({ kind, count, total }) => html`${titles[kind]}: <b>${grouped(count)}</b> · ${rupiah(total)}`,
      ),
      html``,
      ...invoices.slice(0, NAMED).map((invoice) => html`<code>${invoice}</code>`),
      rest > 0 ? html`… dan ${grouped(rest)} lainnya` : undefined,
    ),
  }
}
