// Money in, and money to a merchant.
import { el, go } from './dom.js'
import * as api from './endpoints.js'
import { choice, field, form } from './form.js'
import { readRupiah, rupiah, thousands } from './format.js'
import { wayOf } from './words.js'

const SUMS = ['50000', '100000', '250000', '500000']

export async function topupScreen() {
  const [{ available }, { items }] = await Promise.all([api.wallet(), api.paymentTypes()])
  const amount = field({ name: 'amount', label: 'Jumlah', type: 'amount', hint: 'Misalnya 50.000' })
  const input = amount.querySelector('input')
  const presets = SUMS.map((sum) =>
    el(
      'button',
      {
        type: 'button',
        class: 'chip',
        click: () => input?.setRangeText(thousands(sum), 0, input.value.length),
      },
      rupiah(sum),
    ),
  )
  const ways = /** @type {[string, string][]} */ (items.map(({ name }) => [name, wayOf(name)]))
  const topup = form({
    fields: [
      amount,
      el('div', { class: 'chips', role: 'group', 'aria-label': 'Jumlah yang sering dipilih' }, presets),
      choice({
        name: 'payment_type',
        label: 'Cara bayar',
        choices: [['', 'Pilih di halaman pembayaran'], ...ways],
      }),
    ],
    submit: 'Lanjut ke pembayaran',
    act: async (fields) => {
      const { id } = await api.topUp(fields)
      return go(`riwayat/${id}`)
    },
  })
  return [
    el('h1', {}, 'Isi saldo'),
    el('p', { class: 'quiet' }, `Saldo tersedia ${rupiah(available)}`),
    el('div', { class: 'card' }, topup),
  ]
}

/** A merchant may lead here: #/bayar?payee=kopi_kita&amount=25000 @param {import('./live.js').Visit} visit */
export async function payScreen({ query }) {
  const { available } = await api.wallet()
  const amount = readRupiah(query.get('amount') ?? '')
  const pay = form({
    fields: [
      field({
        name: 'payee',
        label: 'Merchant',
        value: query.get('payee') ?? '',
        hint: 'Nama yang diberikan merchant.',
      }),
      field({
        name: 'amount',
        label: 'Jumlah',
        type: 'amount',
        value: amount === undefined ? '' : thousands(amount),
      }),
      field({
        name: 'voucher_code',
        label: 'Kode voucher (opsional)',
        optional: true,
        value: query.get('voucher_code') ?? '',
        maxlength: 64,
      }),
      field({
        name: 'description',
        label: 'Catatan (opsional)',
        optional: true,
        value: query.get('description') ?? '',
      }),
    ],
    submit: 'Bayar',
    act: async (fields) => {
      const voucher = fields.voucher_code ? { voucher_code: fields.voucher_code.toUpperCase() } : {}
      const { id } = await api.pay({ ...fields, ...voucher })
      return go(`riwayat/${id}`)
    },
  })
  return [
    el('h1', {}, 'Bayar'),
    el('p', { class: 'quiet' }, `Saldo tersedia ${rupiah(available)}`),
    el('div', { class: 'card' }, pay),
    el('p', { class: 'quiet' }, 'Uangnya ditahan sampai merchant mengambilnya, atau kembali ke saldo Anda.'),
  ]
}
