// The screens of those who are not signed in.
import { Refusal } from './api.js'
import { codeField, mailboxLink } from './codes.js'
import { el, go, toast } from './dom.js'
import * as api from './endpoints.js'
import { field, form, tick } from './form.js'
import { beginSession } from './session.js'

/** @typedef {import('./live.js').Visit} Visit */

const STAYS = 'Tetap masuk di perangkat ini'
const PASSWORD_HINT = 'Minimal 8 karakter, dengan huruf dan angka.'

/** @param {string} [value] */
const loginField = (value) =>
  field({
    name: 'login',
    label: 'Nama pengguna atau e-mail',
    autocomplete: 'username',
    ...(value ? { value } : {}),
  })

/** @param {Visit} visit */
export function signInScreen({ query }) {
  const otp = el(
    'div',
    { hidden: true },
    codeField('Kami baru saja mengirimnya lewat e-mail.'),
    mailboxLink(),
  )
  const code = otp.querySelector('input')
  // Only who wants a code at each sign-in is asked for one.
  if (code) code.required = false
  const signIn = form({
    fields: [
      loginField(),
      field({ name: 'password', label: 'Kata sandi', type: 'password', autocomplete: 'current-password' }),
      otp,
      tick('stays', STAYS),
    ],
    submit: 'Masuk',
    act: async ({ stays, ...fields }) => {
      try {
        beginSession(await api.signIn(fields), stays === 'on')
      } catch (error) {
        if (!(error instanceof Refusal) || error.code !== 'otp_required') throw error
        otp.hidden = false
        if (code) code.required = true
        code?.focus()
        return undefined
      }
      return go(query.get('lanjut') ?? '')
    },
  })
  return [
    el('h1', {}, 'Masuk'),
    query.has('berakhir') && el('p', { class: 'notice' }, 'Sesi Anda sudah berakhir. Silakan masuk lagi.'),
    el('div', { class: 'card' }, signIn),
    el(
      'p',
      { class: 'row' },
      el('a', { href: '#/daftar' }, 'Buat akun baru'),
      el('a', { href: '#/lupa' }, 'Lupa kata sandi?'),
    ),
  ]
}

/** @param {Visit} visit */
export function registerScreen({ query }) {
  const referral = query.get('kode') ?? ''
  const register = form({
    fields: [
      el(
        'div',
        { class: 'pair' },
        field({ name: 'first_name', label: 'Nama depan', autocomplete: 'given-name', maxlength: 100 }),
        field({ name: 'last_name', label: 'Nama belakang', autocomplete: 'family-name', maxlength: 100 }),
      ),
      field({ name: 'email', label: 'E-mail', type: 'email', autocomplete: 'email', maxlength: 254 }),
      field({
        name: 'username',
        label: 'Nama pengguna',
        autocomplete: 'username',
        maxlength: 30,
        hint: '3 sampai 30 huruf, angka, titik atau garis bawah.',
      }),
      field({
        name: 'password',
        label: 'Kata sandi',
        type: 'password',
        autocomplete: 'new-password',
        hint: PASSWORD_HINT,
      }),
      field({
        name: 'referral_code',
        label: 'Kode referal (opsional)',
        optional: true,
        value: referral,
        maxlength: 50,
      }),
      tick('stays', STAYS),
    ],
    submit: 'Daftar',
    act: async ({ stays, ...fields }) => {
      beginSession(await api.register(fields), stays === 'on')
      return go('konfirmasi')
    },
  })
  return [
    el('h1', {}, 'Buat akun'),
    el('div', { class: 'card' }, register),
    el('p', {}, 'Sudah punya akun? ', el('a', { href: '#/masuk' }, 'Masuk')),
  ]
}

/** Three steps on one card: who, the code, the new password. */
export function resetScreen() {
  const card = el('div', { class: 'card' })
  /** @param {readonly (Node | undefined)[]} step */
  const show = (...step) => {
    card.replaceChildren(...step.filter((each) => each !== undefined))
    card.querySelector('input')?.focus()
  }
  const askWho = form({
    fields: [loginField()],
    submit: 'Kirim kode',
    act: async ({ login = '' }) => {
      await api.askReset(login)
      show(
        el('p', {}, 'Kalau akunnya ada, kode sudah kami kirim lewat e-mail.'),
        askCode(login),
        mailboxLink(),
      )
    },
  })
  /** @param {string} login */
  const askCode = (login) =>
    form({
      fields: [codeField()],
      submit: 'Lanjut',
      act: async ({ otp = '' }) => {
        const { ticket } = await api.verifyReset(login, otp)
        show(askPassword(ticket))
      },
    })
  /** @param {string} ticket */
  const askPassword = (ticket) =>
    form({
      fields: [
        field({
          name: 'password',
          label: 'Kata sandi baru',
          type: 'password',
          autocomplete: 'new-password',
          hint: PASSWORD_HINT,
        }),
      ],
      submit: 'Simpan',
      act: async ({ password = '' }) => {
        await api.confirmReset(ticket, password)
        toast('Kata sandi sudah diganti. Silakan masuk.')
        return go('masuk')
      },
    })
  card.append(askWho)
  return [el('h1', {}, 'Ganti kata sandi'), card, el('p', {}, el('a', { href: '#/masuk' }, 'Kembali'))]
}
