/** What a customer is told when a use case refuses, by the error's code. */
import type { DomainError } from '../../../../kernel/errors.ts'
import { parseMoney, rupiah } from '../../../../kernel/money.ts'
import { type Html, html } from '../html.ts'

type Details = DomainError['details']

const texts: Readonly<Record<string, (details: Details) => Html>> = {
  banned: () => html`Akun kamu diblokir dan tidak dapat menggunakan toko ini.`,
  rate_limited: (d) => html`Terlalu banyak permintaan. Coba lagi dalam ${seconds(d.retry_after)}.`,
  product_not_found: (d) => html`Produk <b>${said(d.product_id)}</b> tidak ditemukan.`,
  product_inactive: () => html`Produk ini sudah tidak dijual.`,
  out_of_stock: (d) =>
    html`Stok tidak cukup: tersisa <b>${said(d.available)}</b>, diminta ${said(d.requested)}.`,
  pending_order_exists: () => html`Masih ada pesanan yang belum dibayar. Bayar atau batalkan dulu.`,
  price_changed: () => html`Harga berubah sejak ditampilkan. Periksa ringkasan yang baru.`,
  order_not_found: () => html`Pesanan tidak ditemukan.`,
  order_not_pending: () => html`Pesanan ini sudah selesai dan tidak bisa dibatalkan.`,
  order_already_paid: () => html`Pesanan ini sudah dibayar. Barang dikirim ke chat ini.`,
  pending_deposit_exists: () => html`Masih ada isi saldo yang belum dibayar. Bayar atau batalkan dulu.`,
  deposit_not_found: () => html`Isi saldo tidak ditemukan.`,
  deposit_not_pending: (d) =>
    d.deposit_status === 'paid'
      ? html`Isi saldo ini sudah dibayar dan masuk ke saldo kamu.`
      : html`Isi saldo ini sudah selesai dan tidak bisa dibatalkan.`,
  insufficient_balance: () => html`Saldo kamu tidak cukup untuk pesanan ini.`,
  voucher_invalid: () => html`Kode voucher tidak berlaku.`,
  voucher_expired: () => html`Voucher sudah kedaluwarsa.`,
  voucher_cooldown: (d) => html`Tunggu ${seconds(d.retry_after)} sebelum memakai voucher lagi.`,
  amount_out_of_range: (d) => html`Jumlahnya harus antara ${amount(d.min)} dan ${amount(d.max)}.`,
  amount_not_whole: () => html`Pembayaran QRIS harus dalam rupiah bulat.`,
  gateway_fee_mismatch: () =>
    html`Penyedia QRIS menyebut biaya yang berbeda. Pembayaran dibatalkan, tidak ada yang ditagih.`,
  gateway_unavailable: () => html`Penyedia QRIS sedang tidak menjawab. Coba lagi sebentar lagi.`,
  refund_exists: (d) =>
    d.refund_status === 'paid'
      ? html`Pesanan ini sudah direfund.`
      : html`Refund pesanan ini sudah diajukan. Tunggu keputusan admin.`,
  refund_not_eligible: () => html`Pesanan ini tidak bisa direfund (lagi).`,
  refund_decided: () => html`Refund ini sudah diputuskan.`,
  no_bank_id_left: () => html`Toko ini sedang tidak bisa menerima pelanggan baru.`,
  email_taken: () => html`Alamat email itu sudah dipakai akun lain.`,
  idempotency_conflict: () => html`Tombol ini sudah dipakai. Mulai lagi dari menu.`,
  idempotency_in_flight: () => html`Permintaan ini sedang diproses. Tunggu sebentar.`,
  category_not_found: (d) => html`Tidak ada produk dalam kategori <b>${said(d.category)}</b>.`,
  sold_count_out_of_range: () => html`Jumlah terjual tidak bisa kurang dari nol.`,
  validation_failed: () => html`Isian itu tidak bisa dipakai. Periksa lagi nilainya.`,
  user_not_found: () => html`Pengguna itu tidak ditemukan.`,
  target_is_admin: () => html`Admin tidak bisa diblokir. Cabut dulu status adminnya.`,
  target_is_banned: () => html`Pengguna itu diblokir. Buka dulu blokirnya.`,
  last_admin: () => html`Itu admin terakhir; toko tidak bisa tanpa admin.`,
  root_admin: () => html`Admin itu ditetapkan di konfigurasi dan tidak bisa dicabut.`,
  illegal_transition: () => html`Perubahan itu tidak mungkin dari keadaannya sekarang.`,
  user_unreachable: () => html`Orang itu memblokir bot dan tidak bisa dikirimi pesan.`,
  nobody_to_ask: () => html`Saat ini tidak ada admin yang bisa dihubungi. Coba lagi nanti.`,
  message_too_long: (d) => html`Pesanmu ${said(d.length)} huruf; paling banyak ${said(d.max)}.`,
  voucher_amount_range: (d) => html`Nilai voucher harus antara ${amount(d.min)} dan ${amount(d.max)}.`,
  voucher_count_range: (d) => html`Jumlah voucher harus antara ${said(d.min)} dan ${said(d.max)}.`,
  group_not_found: () => html`Grup itu tidak terdaftar.`,
  broadcast_done: () => html`Broadcast ini sudah selesai dikirim.`,
  stock_not_available: () => html`Item itu sudah dipesan atau terjual.`,
  product_id_taken: () => html`Id produk itu sudah dipakai.`,
}

/** Every error has an answer; one without words of its own gets a general one. */
export function problemText({ code, details }: DomainError): Html {
  return texts[code]?.(details) ?? html`Permintaan ini tidak dapat diproses.`
}

function said(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint'
    ? String(value)
    : '–'
}

function seconds(value: unknown): string {
  const count = Number(value)
  if (!Number.isFinite(count) || count <= 0) return 'beberapa saat'
  return count < 120 ? `${Math.ceil(count)} detik` : `${Math.ceil(count / 60)} menit`
}

/** The details carry amounts as "500.00" or as plain settings ("500"). */
function amount(value: unknown): string {
  const text = said(value)
  return /^\d{1,15}(\.\d{1,2})?$/.test(text) ? rupiah(parseMoney('IDR', text)) : text
}
