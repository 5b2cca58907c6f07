// Who somebody is, and how they sign in.
import { el, go, toast } from './dom.js'
import * as api from './endpoints.js'
import { choice, field, form, tick } from './form.js'
import { pictureCard } from './picture.js'
import { sentence } from './words.js'

export async function profileScreen() {
  const profile = await api.profile()
  return [
    el('p', {}, el('a', { href: '#/akun' }, '← Akun')),
    el('h1', {}, 'Profil & keamanan'),
    el(
      'div',
      { class: 'split' },
      el('div', {}, pictureCard(profile), personal(profile)),
      el('div', {}, password(), email(profile)),
    ),
  ]
}

/** @param {api.Profile} profile */
function personal(profile) {
  const { first_name: first, last_name: last, phone_number: phone, date_of_birth: birth, gender } = profile
  const change = form({
    fields: [
      el(
        'div',
        { class: 'pair' },
        field({
          name: 'first_name',
          label: 'Nama depan',
          value: first,
          autocomplete: 'given-name',
          maxlength: 100,
        }),
        field({
          name: 'last_name',
          label: 'Nama belakang',
          value: last,
          autocomplete: 'family-name',
          maxlength: 100,
        }),
      ),
      field({
        name: 'phone_number',
        label: 'Nomor telepon (opsional)',
        type: 'tel',
        value: phone ?? '',
        optional: true,
        autocomplete: 'tel',
        hint: 'Misalnya 0812-3456-7890',
        maxlength: 26,
      }),
      field({
        name: 'date_of_birth',
        label: 'Tanggal lahir (opsional)',
        type: 'date',
        value: birth ?? '',
        optional: true,
        autocomplete: 'bday',
      }),
      choice({
        name: 'gender',
        label: 'Jenis kelamin',
        value: gender ?? '',
        choices: [
          ['', 'Tidak disebutkan'],
          ['FEMALE', 'Perempuan'],
          ['MALE', 'Laki-laki'],
          ['OTHER', 'Lainnya'],
        ],
      }),
      tick('otp_login', 'Minta kode lewat e-mail setiap kali masuk', profile.otp_login),
      tick('marketing_opt_in', 'Kirimi saya penawaran', profile.marketing_opt_in),
    ],
    submit: 'Simpan',
    act: async (values) => {
      await api.changeProfile({
        first_name: values.first_name ?? '',
        last_name: values.last_name ?? '',
        phone_number: values.phone_number ?? null,
        date_of_birth: values.date_of_birth ?? null,
        gender: values.gender ?? null,
        otp_login: values.otp_login === 'on',
        marketing_opt_in: values.marketing_opt_in === 'on',
      })
      toast('Profil sudah disimpan.')
    },
  })
  return el('section', { class: 'card' }, el('h2', {}, 'Profil'), change)
}

/** @param {string} label */
const currentPassword = (label) =>
  field({ name: 'current_password', label, type: 'password', autocomplete: 'current-password' })

function password() {
  const change = form({
    name: 'Ganti kata sandi',
    fields: [
      currentPassword('Kata sandi sekarang'),
      field({ name: 'password', label: 'Kata sandi baru', type: 'password', autocomplete: 'new-password' }),
    ],
    submit: 'Ganti kata sandi',
    plain: true,
    act: async ({ current_password: current = '', password: next = '' }) => {
      await api.changePassword(current, next)
      change.reset()
      toast('Kata sandi sudah diganti. Perangkat lain sudah keluar.')
    },
  })
  return el('section', { class: 'card' }, el('h2', {}, 'Kata sandi'), change)
}

/** The new address has to be confirmed. @param {api.Profile} profile */
function email({ email: old }) {
  const change = form({
    name: 'Ganti e-mail',
    fields: [
      field({
        name: 'email',
        label: 'E-mail baru',
        type: 'email',
        autocomplete: 'email',
        maxlength: 254,
        hint: `Sekarang ${old}`,
      }),
      field({
        name: 'current_password',
        label: 'Kata sandi',
        type: 'password',
        autocomplete: 'current-password',
      }),
    ],
    submit: 'Ganti e-mail',
    plain: true,
    act: async ({ email = '', current_password: secret = '' }) => {
      await api.changeProfile({ email, password: secret })
      await api.mailCode('VERIFY_EMAIL').catch((error) => toast(sentence(error)))
      return go('konfirmasi')
    },
  })
  return el('section', { class: 'card' }, el('h2', {}, 'E-mail'), change)
}
