/** The summary between choosing and paying (QuickCart, §7.2). */
import { type Money, rupiah } from '../../../../kernel/money.ts'
import type { Quote } from '../../orders/quote-order.ts'
import { html, lines } from '../html.ts'
import { button, type Message, plain } from '../message.ts'
import { itemLine } from './order.ts'

export interface Summary {
  /** Undefined where QRIS cannot carry the amount. */
  readonly qris: Quote | undefined
  readonly balance: Quote
  /** What the customer has. */
  readonly account: Money<'IDR'>
  readonly voucherCode: string | undefined
}

/** The buttons carry the totals shown, so that a price that changed meanwhile is noticed. */
export function orderSummary({ qris, balance, account, voucherCode }: Summary): Message {
  const { subtotal, voucherDiscount } = balance
  return {
    text: lines(
      html`<b>Ringkasan pesanan</b>`,
      html``,
      ...balance.items.map(itemLine),
      html``,
      html`Subtotal: ${rupiah(subtotal)}`,
      voucherCode === undefined
        ? undefined
        : html`Voucher <code>${voucherCode}</code>: -${rupiah(voucherDiscount)}`,
      html``,
      qris && html`QRIS: ${rupiah(qris.total)} (termasuk biaya ${rupiah(qris.fee)})`,
      html`SALDO: ${rupiah(balance.total)} (saldo kamu ${rupiah(account)})`,
    ),
    buttons: [
      [
        voucherCode === undefined
          ? button('🎟 Gunakan Voucher', 'voucher:use')
          : button('🎟 Lepas Voucher', 'voucher:skip'),
      ],
      [
        ...(qris ? [button('📱 QRIS', `pay:qris:${plain(qris.total)}`)] : []),
        button('💰 SALDO', `pay:balance:${plain(balance.total)}`),
      ],
      [
        button('⬅️ Kembali', `product:${balance.items[0]?.productId ?? 0}`),
        button('❌ Batalkan', 'menu:main'),
      ],
    ],
  }
}

export function askVoucher(): Message {
  return {
    text: html`Ketik kode voucher (8 huruf atau angka).`,
    buttons: [[button('Tanpa voucher', 'voucher:skip')]],
  }
}
