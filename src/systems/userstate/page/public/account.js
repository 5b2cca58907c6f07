import { el, go, toast } from './dom.js'
import * as api from './endpoints.js'
import { doing, field, form } from './form.js'
import { factList } from './list.js'
import { endSession } from './session.js'

export async function accountScreen() {
  const [profile, referral] = await Promise.all([api.profile(), api.referral()])
  const { username, email, email_verified: isConfirmed, first_name: first, last_name: last } = profile
  return [
    el('h1', {}, 'Akun'),
    el(
      'div',
      { class: 'split' },
      el(
        'section',
        { class: 'card' },
        factList([
          ['Nama', `${first} ${last}`],
          ['Nama pengguna', username],
          ['E-mail', email],
          [
            'Status e-mail',
            isConfirmed ? 'Sudah dikonfirmasi' : el('a', { href: '#/konfirmasi' }, 'Belum dikonfirmasi'),
          ],
        ]),
        el(
          'p',
          { class: 'row' },
          el('a', { class: 'button plain', href: '#/profil' }, 'Profil & keamanan'),
          el('a', { class: 'button plain', href: '#/alamat' }, 'Alamat'),
        ),
        el(
          'p',
          { class: 'row' },
          leave('Keluar', api.signOut),
          leave('Keluar dari semua perangkat', api.signOutEverywhere),
        ),
      ),
      el('div', {}, invite(referral), referral.status === null && invited()),
    ),
  ]
}

/**
 * The session ends here even where the server is not heard.
 * @param {string} label
 * @param {() => Promise<unknown>} signOut
 */
function leave(label, signOut) {
  const act = async () => {
    await signOut().finally(() => {
      endSession()
      go('masuk')
    })
    toast('Anda sudah keluar.')
  }
  return doing(label, act, toast)
}

/** @param {api.Referral} referral */
function invite({ code, totals }) {
  if (code === null) return null
  const address = `${location.origin}${location.pathname}#/daftar?kode=${encodeURIComponent(code)}`
  const share = async () => {
    if (typeof navigator.share === 'function') {
      // Closing the sheet without sharing is no mistake.
      await navigator.share({ title: 'Dompet UserState', url: address }).catch(() => {})
      return
    }
    await navigator.clipboard.writeText(address)
    toast('Tautan undangan sudah disalin.')
  }
  return el(
    'section',
    { class: 'card' },
    el('h2', {}, 'Ajak teman'),
    el('p', {}, 'Kode referal Anda: ', el('strong', { class: 'mono' }, code)),
    el('p', { class: 'quiet' }, `${totals.total} teman diajak, ${totals.completed} sudah bertransaksi.`),
    doing('Bagikan tautan', share, () => toast(`Salin sendiri: ${address}`)),
  )
}

function invited() {
  const place = el('section', { class: 'card' })
  const apply = form({
    fields: [field({ name: 'referral_code', label: 'Kode dari teman Anda', maxlength: 50 })],
    submit: 'Pakai kode',
    plain: true,
    act: async ({ referral_code: code = '' }) => {
      await api.applyReferral(code)
      place.replaceChildren(el('p', {}, 'Kode dipakai. Poinnya masuk setelah transaksi pertama Anda.'))
    },
  })
  place.append(el('h2', {}, 'Diajak teman?'), apply)
  return place
}
