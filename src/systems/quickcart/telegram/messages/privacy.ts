/** A person's own data: the document, and leaving for good (QuickCart, §12). */
import { formatMoney, type Money, rupiah } from '../../../../kernel/money.ts'
import { type Html, html, lines } from '../html.ts'
import { button, type Message } from '../message.ts'
import { backButton } from './order.ts'

export function exportBegun(): Message {
  return {
    text: html`📦 Data kamu sedang dikumpulkan. Dokumennya dikirim ke chat ini begitu siap.`,
    buttons: [[backButton]],
  }
}

export function exportCaption(): Html {
  return html`📄 Semua data kamu di toko ini: profil, pesanan, pembayaran, saldo, pesan, dan catatan perubahannya.`
}

/** Telegram takes 50 MB. */
export function exportTooLarge(): Message {
  return {
    text: html`📄 Data kamu sudah siap, tetapi terlalu besar untuk Telegram. Unduh lewat aplikasi web dalam 24 jam.`,
    buttons: [[backButton]],
  }
}

/** The button carries what is shown, so that nobody gives up money that came after. */
export function confirmErasure(balance: Money<'IDR'>): Message {
  return {
    text: lines(
      html`⚠️ <b>Hapus akun</b>`,
      html`Nama, username, email, nomor WhatsApp, dan pesan kamu dihapus. Ini tidak bisa dibatalkan.`,
      html`Catatan pesanan dan pembayaran disimpan 7 tahun sesuai aturan, tanpa nama kamu.`,
      balance > 0n ? html`Saldo <b>${rupiah(balance)}</b> ikut hangus.` : undefined,
    ),
    buttons: [
      [button('🗑 Ya, hapus akun', `privacy:confirm:${formatMoney('IDR', balance)}`)],
      [button('❌ Batalkan', 'privacy:cancel')],
    ],
  }
}

export function erasureCancelled(): Message {
  return { text: html`Akun kamu tidak dihapus.`, buttons: [[backButton]] }
}

export function erased(): Message {
  return {
    text: html`Akun kamu sudah dihapus. Terima kasih, dan sampai jumpa. Ketik /start bila ingin mulai lagi.`,
  }
}
