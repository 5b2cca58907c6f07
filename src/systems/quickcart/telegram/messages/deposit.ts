/** Topping up the balance (QuickCart, UC 12). */
import { type Money, rupiah } from '../../../../kernel/money.ts'
import type { DepositView } from '../../deposits/deposit-view.ts'
import { html, lines } from '../html.ts'
import { button, type Message } from '../message.ts'

/** The money is there. `balance`: what the customer has now. */
export function depositPaid(deposit: DepositView, balance: Money<'IDR'>): Message {
  return {
    text: lines(
      html`✅ <b>Isi saldo berhasil</b>`,
      html`Invoice: <code>${deposit.invoice}</code>`,
      html``,
      html`Saldo bertambah <b>${rupiah(deposit.amount)}</b>.`,
      html`💰 Saldo sekarang: <b>${rupiah(balance)}</b>`,
    ),
    buttons: [[button('🗂 Kategori', 'menu:categories'), button('👤 Akun', 'account:menu')]],
  }
}
