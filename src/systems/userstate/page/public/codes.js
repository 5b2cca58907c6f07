// Codes that come by mail: to confirm the address, and what every screen that asks for one shows.
import { byId, el, go, toast } from './dom.js'
import * as api from './endpoints.js'
import { doing, field, form } from './form.js'

/** Where a sandbox shows the mails it would send; nothing elsewhere. */
export function mailboxLink() {
  const mailbox = byId('screen').dataset.mailbox
  return mailbox ? el('a', { href: mailbox, target: '_blank' }, 'Buka kotak surat percobaan') : undefined
}

/** @param {string} [hint] */
export const codeField = (hint) =>
  field({ name: 'otp', label: 'Kode 6 angka', type: 'code', ...(hint ? { hint } : {}) })

/** @param {'VERIFY_EMAIL' | 'PAYOUT'} purpose */
export function resend(purpose) {
  const again = async () => {
    await api.mailCode(purpose)
    toast('Kode baru sudah dikirim.')
  }
  return doing('Kirim kode baru', again, toast)
}

/** Confirm the address. */
export async function confirmScreen() {
  const { email, email_verified: isDone } = await api.profile()
  if (isDone) {
    return [
      el('h1', {}, 'E-mail sudah dikonfirmasi'),
      el('p', {}, `Kode dan pemberitahuan kami kirim ke ${email}.`),
      el('a', { class: 'button', href: '#/' }, 'Ke beranda'),
    ]
  }
  const confirm = form({
    fields: [codeField()],
    submit: 'Konfirmasi',
    act: async ({ otp = '' }) => {
      await api.confirmEmail(otp)
      toast('Alamat e-mail Anda sudah dikonfirmasi.')
      return go('')
    },
  })
  return [
    el('h1', {}, 'Konfirmasi e-mail'),
    el(
      'p',
      {},
      'Kami mengirim kode 6 angka ke ',
      el('strong', {}, email),
      '. Kodenya berlaku beberapa menit.',
    ),
    el('div', { class: 'card' }, confirm, el('p', { class: 'row' }, resend('VERIFY_EMAIL'), mailboxLink())),
    el('p', {}, el('a', { href: '#/' }, 'Nanti saja')),
  ]
}
