// What the API's codes and words are called in Indonesian.
import { Refusal } from './api.js'
import { rupiah } from './format.js'

/** @typedef {Readonly<Record<string, unknown>>} Problem */

/** @param {unknown} seconds */
const inTime = (seconds) => {
  const whole = Math.ceil(Number(seconds))
  if (!(whole > 0)) return 'sebentar lagi'
  return whole < 90 ? `dalam ${whole} detik` : `dalam ${Math.ceil(whole / 60)} menit`
}
/** Limits come as numbers or as texts. @param {unknown} amount */
const sum = (amount) => rupiah(String(amount))

/** @type {Readonly<Record<string, string | ((problem: Problem) => string)>>} */
const SENTENCES = {
  offline: 'Tidak tersambung. Coba lagi: transaksi yang sama tidak akan terkirim dua kali.',
  internal: 'Ada yang salah di pihak kami. Coba lagi sebentar lagi.',
  unavailable: 'Layanan sedang tidak tersedia. Coba lagi sebentar lagi.',
  validation_failed: 'Ada isian yang belum benar.',
  unauthenticated: 'Sesi Anda sudah berakhir. Silakan masuk lagi.',
  refresh_reused: 'Sesi Anda sudah berakhir. Silakan masuk lagi.',
  not_found: 'Tidak ditemukan.',
  rate_limited: ({ retry_after }) => `Terlalu banyak percobaan. Coba lagi ${inTime(retry_after)}.`,
  idempotency_in_progress: 'Masih diproses. Tunggu sebentar, lalu coba lagi.',
  gateway_unavailable: 'Gerbang pembayaran tidak menjawab. Coba lagi sebentar lagi.',
  gateway_rejected: 'Gerbang pembayaran menolak permintaan ini.',
  username_taken: 'Nama pengguna ini sudah dipakai.',
  email_taken: 'Alamat e-mail ini sudah dipakai akun lain.',
  weak_password:
    'Kata sandi terlalu lemah: minimal 8 karakter, dengan huruf dan angka, dan bukan yang umum dipakai.',
  invalid_credentials: 'Nama pengguna atau kata sandi salah.',
  account_disabled: 'Akun ini dinonaktifkan.',
  otp_required: 'Masukkan kode yang kami kirim lewat e-mail.',
  otp_invalid: 'Kodenya tidak cocok.',
  otp_expired: 'Kodenya sudah kedaluwarsa. Minta kode baru.',
  otp_locked: 'Terlalu banyak kode yang salah. Minta kode baru.',
  otp_resend_too_soon: ({ retry_after }) => `Kode baru bisa diminta ${inTime(retry_after)}.`,
  ticket_invalid: 'Waktunya sudah habis. Mulai lagi dari awal.',
  email_not_verified: 'Konfirmasikan alamat e-mail Anda dulu.',
  amount_out_of_range: ({ min, max }) =>
    // Of points there is no number for the most.
    /^[0-9]+$/.test(String(max))
      ? `Jumlahnya harus antara ${sum(min)} dan ${sum(max)}.`
      : `Paling sedikit ${min} poin.`,
  wallet_limit_exceeded: ({ max }) => `Saldo dompet paling banyak ${sum(max)}.`,
  payment_type_inactive: 'Cara pembayaran ini sedang tidak tersedia.',
  already_paid: 'Sudah dibayar.',
  insufficient_funds: 'Saldo Anda tidak cukup.',
  payee_unknown: 'Merchant ini tidak dikenal. Periksa namanya.',
  payment_not_pending: 'Transaksi ini sudah selesai.',
  payment_expired: 'Waktunya sudah habis.',
  file_too_large: 'Fotonya terlalu besar: paling besar 5 MB.',
  unsupported_image: 'Foto ini tidak bisa dipakai. Pilih JPEG, PNG, atau WebP.',
  referral_code_invalid: 'Kode referal ini tidak ada.',
  referral_self: 'Kode Anda sendiri tidak bisa dipakai.',
  referral_already_applied: 'Anda sudah pernah memakai kode referal.',
  referral_not_eligible: 'Sudah terlambat untuk memakai kode referal.',
  referral_circular: 'Pemilik kode ini Anda sendiri yang ajak.',
  insufficient_points: 'Poin Anda tidak cukup.',
  voucher_unknown: 'Voucher ini tidak ada.',
  voucher_inactive: 'Voucher ini sedang tidak berlaku.',
  voucher_exhausted: 'Voucher ini sudah habis.',
  voucher_already_used: 'Anda sudah memakai voucher ini.',
  voucher_min_amount: ({ min }) => `Voucher ini berlaku mulai ${sum(min)}.`,
  voucher_wrong_kind: 'Voucher ini tidak bisa dipakai di sini.',
  address_limit: ({ limit }) => `Paling banyak ${limit} alamat.`,
  bank_channel_inactive: 'Bank ini sedang tidak tersedia.',
  bank_account_exists: 'Rekening ini sudah tersimpan.',
  bank_account_limit: ({ limit }) => `Paling banyak ${limit} rekening.`,
  bank_account_in_use: 'Masih ada penarikan ke rekening ini.',
  bank_account_unusable: 'Rekening ini tidak bisa dipakai.',
  payout_daily_limit: ({ max }) => `Penarikan per hari paling banyak ${sum(max)}.`,
  payout_not_cancellable: 'Penarikan ini sudah tidak bisa dibatalkan.',
}

/**
 * The field that a refusal is about, where it is about one.
 * @type {Readonly<Record<string, string>>}
 */
const FIELDS = {
  username_taken: 'username',
  email_taken: 'email',
  weak_password: 'password',
  otp_invalid: 'otp',
  otp_expired: 'otp',
  otp_locked: 'otp',
  amount_out_of_range: 'amount',
  wallet_limit_exceeded: 'amount',
  insufficient_funds: 'amount',
  insufficient_points: 'amount',
  payout_daily_limit: 'amount',
  payee_unknown: 'payee',
  referral_code_invalid: 'referral_code',
  referral_self: 'referral_code',
  referral_already_applied: 'referral_code',
  referral_not_eligible: 'referral_code',
  referral_circular: 'referral_code',
  voucher_unknown: 'voucher_code',
  voucher_inactive: 'voucher_code',
  voucher_exhausted: 'voucher_code',
  voucher_already_used: 'voucher_code',
  voucher_min_amount: 'voucher_code',
  voucher_wrong_kind: 'voucher_code',
  invalid_credentials: 'current_password',
  bank_account_exists: 'account_number',
}

/**
 * A sentence for whatever went wrong; the API's own where we have none.
 * @param {unknown} error
 * @returns {string}
 */
export function sentence(error) {
  if (!(error instanceof Refusal)) return 'Ada yang salah di halaman ini. Muat ulang, lalu coba lagi.'
  const known = Object.hasOwn(SENTENCES, error.code) ? SENTENCES[error.code] : undefined
  return typeof known === 'function' ? known(error.problem) : (known ?? error.message)
}

/**
 * Which fields of a form are meant.
 * @param {unknown} error
 * @returns {{ field: string, text: string }[]}
 */
export function fieldProblems(error) {
  if (!(error instanceof Refusal)) return []
  const { errors } = error.problem
  if (Array.isArray(errors))
    return errors.map(({ field }) => ({ field: String(field), text: 'Periksa isian ini.' }))
  const field = FIELDS[error.code]
  if (field === undefined) return []
  // Who is signed in has said already who they are.
  const text = field === 'current_password' ? 'Kata sandi Anda salah.' : sentence(error)
  return [{ field, text }]
}

/** @type {Readonly<Record<string, string>>} */
const TYPES = {
  TOPUP: 'Isi saldo',
  PAYMENT: 'Pembayaran',
  PAYOUT: 'Penarikan',
  REFUND: 'Pengembalian dana',
  VOUCHER: 'Voucher',
  POINT_REDEEM: 'Tukar poin',
  ADJUSTMENT: 'Penyesuaian',
}
export const TRANSACTION_TYPES = Object.entries(TYPES)

/** @type {Readonly<Record<string, string>>} */
const STATUSES = {
  PENDING: 'Menunggu',
  PAID: 'Berhasil',
  EXPIRED: 'Kedaluwarsa',
  CANCELLED: 'Dibatalkan',
  FAILED: 'Gagal',
}
export const TRANSACTION_STATUSES = Object.entries(STATUSES)

/** @param {{ type: string, src: string | null, payee: string | null }} transaction */
export function titleOf({ type, src, payee }) {
  if (src === 'REVERSAL') return 'Penarikan dikembalikan'
  const name = TYPES[type] ?? type
  return type === 'PAYMENT' && payee !== null ? `${name} ke ${payee}` : name
}

/** @param {{ type: string, status: string, src: string | null }} transaction */
export function statusOf({ type, status, src }) {
  if (status === 'PENDING' && type === 'PAYMENT' && src === 'WALLET') return 'Ditahan'
  if (status === 'PENDING' && type === 'PAYOUT') return 'Diproses'
  return STATUSES[status] ?? status
}

/** @type {Readonly<Record<string, string>>} */
const PAYOUTS = {
  QUEUED: 'Menunggu dikirim',
  ACCEPTED: 'Diterima bank',
  PENDING: 'Sedang dikirim',
  SUCCEEDED: 'Berhasil',
  FAILED: 'Gagal, saldo kembali',
  CANCELLED: 'Dibatalkan',
  REVERSED: 'Dikembalikan bank',
}
/** @param {string} status */
export const payoutStatus = (status) => PAYOUTS[status] ?? status

/** @type {Readonly<Record<string, string>>} */
const WAYS = {
  CREDIT_CARD: 'Kartu kredit',
  BANK_TRANSFER: 'Transfer bank',
  E_WALLET: 'Dompet digital',
  RETAIL_OUTLET: 'Minimarket',
  QR_CODE: 'QRIS',
}
/** @param {string} name of a payment type */
export const wayOf = (name) => WAYS[name] ?? name

/** @type {Readonly<Record<string, string>>} */
const SOURCES = {
  TRANSACTION: 'Dari pembayaran',
  REFERRAL: 'Mengajak teman',
  SIGNUP_BONUS: 'Bonus pendaftaran',
  PROMO: 'Promo',
  MANUAL: 'Penyesuaian',
  WALLET: 'Ditukar jadi saldo',
}
/** @param {string} src of a mutation of points */
export const sourceOf = (src) => SOURCES[src] ?? src

/** @type {Readonly<Record<string, string>>} */
const REDEMPTIONS = { RESERVED: 'Dipesan', REDEEMED: 'Dipakai', CANCELLED: 'Dibatalkan' }
/** @param {string} status */
export const redemptionStatus = (status) => REDEMPTIONS[status] ?? status
