/** Topping up the balance (QuickCart, UC 12). */
import { type Money, rupiah } from '../../../../kernel/money.ts'
import type { DepositView } from '../../deposits/deposit-view.ts'
import { type Html, html, lines } from '../html.ts'
import { button, inRows, type Message, plain } from '../message.ts'

const PER_ROW = 3

const back = button('⬅️ Kembali', 'account:menu')

/** `balance`: what the customer has now. */
export function depositMenu(balance: Money<'IDR'>, presets: readonly Money<'IDR'>[]): Message {
  const buttons = presets.map((amount) => button(rupiah(amount), `deposit:amount:${plain(amount)}`))
  return {
    text: lines(
      html`<b>Isi saldo</b>`,
      html``,
      html`💰 Saldo sekarang: <b>${rupiah(balance)}</b>`,
      html``,
      html`Pilih jumlah yang masuk ke saldo. Biaya QRIS ditambahkan saat membayar.`,
    ),
    buttons: [...inRows(buttons, PER_ROW), [button('✏️ Jumlah lain', 'deposit:custom')], [back]],
  }
}

export function askAmount({ min, max }: { min: Money<'IDR'>; max: Money<'IDR'> }): Message {
  return {
    text: lines(
      html`Ketik jumlah isi saldo, dari ${rupiah(min)} sampai ${rupiah(max)}.`,
      html`Contoh: <code>75000</code>`,
    ),
    buttons: [[button('⬅️ Kembali', 'deposit:start')]],
  }
}

export function notAnAmount(): Html {
  return html`Itu bukan jumlah rupiah.`
}

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
