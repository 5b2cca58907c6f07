/** Greeting, onboarding, profile and its changes, help. */
import { rupiah } from '../../../../kernel/money.ts'
import type { Profile } from '../../accounts/profile.ts'
import { type Html, html, lines } from '../html.ts'
import { button, type Message } from '../message.ts'
import { backButton } from './order.ts'
import { grouped, roleLabel, timeInWib } from './wording.ts'

export interface Greeting {
  readonly name: string
  readonly storeName: string
  readonly totalUsers: number
  readonly totalTransactions: number
  readonly documentationUrl: string | null
}

export function mainMenu(greeting: Greeting): Message {
  const { name, storeName, totalUsers, totalTransactions, documentationUrl } = greeting
  return {
    text: lines(
      html`Halo, <b>${name}</b>! 👋`,
      html`Selamat datang di <b>${storeName}</b>.`,
      html``,
      html`👥 Pengguna: ${grouped(totalUsers)}`,
      html`🧾 Transaksi: ${grouped(totalTransactions)}`,
      documentationUrl === null ? undefined : html`📖 <a href="${documentationUrl}">Panduan</a>`,
    ),
    buttons: [
      [button('🗂 Kategori', 'menu:categories'), button('🔥 Terlaris', 'menu:best')],
      [button('📦 Semua Produk', 'menu:all')],
    ],
  }
}

export type ProfileField = 'name' | 'whatsapp' | 'email'

const questions: Readonly<Record<ProfileField, string>> = {
  name: 'Siapa nama kamu?',
  whatsapp: 'Nomor WhatsApp kamu? (8 sampai 18 angka, boleh diawali +)',
  email: 'Alamat email kamu?',
}

const corrections: Readonly<Record<ProfileField, string>> = {
  name: 'Nama harus 1 sampai 100 huruf.',
  whatsapp: 'Nomor WhatsApp harus 8 sampai 18 angka, boleh diawali +.',
  email: 'Itu bukan alamat email.',
}

export function onboardingQuestion(field: ProfileField): Message {
  return {
    text: lines(html`${questions[field]}`, html`Ketik jawabannya, atau /skip untuk melewati.`),
    buttons: [[button('⏭ Lewati', 'onboarding:skip')]],
  }
}

export function onboardingCorrection(field: ProfileField): Message {
  return {
    ...onboardingQuestion(field),
    text: lines(html`${corrections[field]}`, html`Coba lagi, atau /skip.`),
  }
}

export function profileCard(profile: Profile): Message {
  return {
    text: lines(html`<b>Akun kamu</b>`, html``, profileLines(profile)),
    buttons: [
      [button('💰 Isi Saldo', 'deposit:start'), button('🧾 Riwayat', 'account:history:1')],
      [button('✏️ Nama', 'account:edit:name'), button('✏️ Email', 'account:edit:email')],
      [button('✏️ WhatsApp', 'account:edit:whatsapp')],
      [backButton],
    ],
  }
}

export function profileSaved(profile: Profile): Message {
  const { text, ...card } = profileCard(profile)
  return { ...card, text: lines(html`✅ Perubahan disimpan.`, html``, text) }
}

const newValues: Readonly<Record<ProfileField, string>> = {
  name: 'Ketik nama baru kamu.',
  whatsapp: 'Ketik nomor WhatsApp baru (8 sampai 18 angka, boleh diawali +).',
  email: 'Ketik alamat email baru.',
}

export function editQuestion(field: ProfileField): Message {
  const back = button('⬅️ Kembali', 'account:menu')
  if (field === 'name') return { text: html`${newValues.name}`, buttons: [[back]] }
  return {
    text: lines(html`${newValues[field]}`, html`Ketik <code>-</code> untuk mengosongkan.`),
    buttons: [[button('🗑 Kosongkan', `account:clear:${field}`)], [back]],
  }
}

export function editCorrection(field: ProfileField): Message {
  const { text, ...question } = editQuestion(field)
  return { ...question, text: lines(html`${corrections[field]}`, text) }
}

export function profileLines(profile: Profile): Html {
  return lines(
    html`Nama: ${profile.name}`,
    html`Id: <code>${String(profile.id)}</code>`,
    html`Nomor pelanggan: <code>${profile.bankId}</code>`,
    html`Username: ${profile.username === null ? '–' : `@${profile.username}`}`,
    html`Email: ${profile.email ?? '–'}`,
    html`WhatsApp: ${profile.whatsappNumber ?? '–'}`,
    html`Status: ${roleLabel(profile.role)}`,
    html`Bergabung: ${timeInWib(profile.createdAt)}`,
    html``,
    html`💰 Saldo: <b>${rupiah(profile.balance)}</b>`,
  )
}

export interface CommandHelp {
  readonly command: string
  readonly description: string
}

export function helpText(commands: readonly CommandHelp[]): Message {
  return {
    text: lines(
      html`<b>Perintah</b>`,
      ...commands.map(({ command, description }) => html`/${command}: ${description}`),
      html``,
      html`Ketik nomor produk untuk langsung melihatnya.`,
    ),
    buttons: [[backButton]],
  }
}

export function orderGuide(): Message {
  return {
    text: lines(
      html`<b>Cara memesan</b>`,
      html`1. Pilih produk dari daftar, atau ketik nomornya.`,
      html`2. Atur jumlah, lalu tekan Lanjut ke pembayaran.`,
      html`3. Bayar dengan QRIS (dalam 10 menit) atau dengan saldo.`,
      html`4. Barang langsung dikirim ke chat ini.`,
    ),
    buttons: [[button('🗂 Kategori', 'menu:categories'), backButton]],
  }
}
