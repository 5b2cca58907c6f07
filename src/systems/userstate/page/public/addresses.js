import { el, go, toast } from './dom.js'
import * as api from './endpoints.js'
import { doing, field, form } from './form.js'

const LINES = /** @type {const} */ ([
  ['recipient', 'Nama penerima', 'name'],
  ['phone', 'Nomor telepon', 'tel'],
  ['address_input', 'Jalan dan nomor', 'street-address'],
  ['urban', 'Kelurahan', 'address-level4'],
  ['district', 'Kecamatan', 'address-level3'],
  ['city', 'Kota atau kabupaten', 'address-level2'],
  ['province', 'Provinsi', 'address-level1'],
  ['post_id', 'Kode pos', 'postal-code'],
])

/** All of them; or one to change, or a new one. @param {import('./live.js').Visit} visit */
export async function addressScreen({ id }) {
  if (id !== undefined) return await oneScreen(id)
  const list = el('div', {})
  const renew = async () => {
    const { items } = await api.addresses()
    list.replaceChildren(
      items.length === 0
        ? el('p', { class: 'empty' }, 'Belum ada alamat.')
        : el(
            'ul',
            { class: 'rows' },
            items.map((each) => row(each, renew)),
          ),
    )
  }
  await renew()
  return [
    el('p', {}, el('a', { href: '#/akun' }, '← Akun')),
    el('h1', {}, 'Alamat'),
    list,
    el('p', { class: 'spaced' }, el('a', { class: 'button', href: '#/alamat/baru' }, 'Tambah alamat')),
  ]
}

/**
 * @param {api.Address} address
 * @param {() => Promise<void>} renew
 */
function row(address, renew) {
  const {
    id,
    recipient,
    phone,
    address_input: line,
    urban,
    district,
    city,
    province,
    post_id: post,
    primary,
  } = address
  const remove = () => api.removeAddress(id).then(renew)
  const prefer = () => api.makePrimary(id).then(renew)
  return el(
    'li',
    { class: 'row' },
    el('span', { class: 'what' }, recipient),
    primary ? el('span', { class: 'badge good' }, 'Utama') : el('span', {}),
    el('span', { class: 'about' }, `${line}, ${urban}, ${district}, ${city}, ${province} ${post}`),
    el('span', { class: 'about' }, phone),
    el(
      'span',
      { class: 'row-actions' },
      el('a', { class: 'button plain', href: `#/alamat/${id}` }, 'Ubah'),
      !primary && doing('Jadikan utama', prefer, toast),
      doing('Hapus', remove, toast),
    ),
  )
}

/** @param {string} id or "baru" */
async function oneScreen(id) {
  const known = id === 'baru' ? undefined : await api.address(id)
  const save = form({
    fields: LINES.map(([name, label, autocomplete]) =>
      field({
        name,
        label,
        autocomplete,
        value: known?.[name] ?? '',
        ...(name === 'phone' ? { type: 'tel', maxlength: 26 } : {}),
        ...(name === 'post_id' ? { maxlength: 5, hint: 'Lima angka.' } : {}),
      }),
    ),
    submit: 'Simpan',
    act: async (fields) => {
      await (known ? api.changeAddress(known.id, fields) : api.addAddress(fields))
      toast('Alamat sudah disimpan.')
      return go('alamat')
    },
  })
  return [
    el('p', {}, el('a', { href: '#/alamat' }, '← Alamat')),
    el('h1', {}, known ? 'Ubah alamat' : 'Alamat baru'),
    el('div', { class: 'card' }, save),
  ]
}
