// Points and vouchers.
import { el, toast } from './dom.js'
import * as api from './endpoints.js'
import { field, form } from './form.js'
import { moment, points, rupiah } from './format.js'
import { factList, pages, toneOf } from './list.js'
import { live } from './live.js'
import { redemptionStatus, sourceOf } from './words.js'

/** @param {import('./live.js').Visit} visit */
export async function pointsScreen({ left }) {
  const [sums, lists] = await Promise.all([
    live(left, api.readPoints, drawSums),
    live(left, () => Promise.all([api.mutations(), api.redemptions()]), drawLists),
  ])
  const renew = () => Promise.all([sums.renew(), lists.renew()])
  return [
    el('h1', {}, 'Poin & voucher'),
    el(
      'div',
      { class: 'split' },
      el('div', {}, sums.region, redeemPoints(renew), redeemVoucher(renew)),
      lists.region,
    ),
  ]
}

/** @param {api.Points} sums */
function drawSums({ balance, held, earned, redeemed }) {
  const facts = factList([
    ['Ditahan', points(held)],
    ['Didapat', points(earned)],
    ['Dipakai', points(redeemed)],
  ])
  return [el('section', { class: 'card' }, el('p', { class: 'big' }, `${points(balance)} poin`), facts)]
}

/** @param {[api.Page<api.Mutation>, api.Page<api.Redemption>]} lists */
function drawLists([mutations, redemptions]) {
  return [
    el('h2', {}, 'Mutasi poin'),
    pages(mutations, api.mutations, mutationRows, 'Belum ada poin. Setiap pembayaran memberi Anda poin.'),
    el('h2', {}, 'Voucher Anda'),
    pages(redemptions, api.redemptions, redemptionRows, 'Belum ada voucher yang dipakai.'),
  ]
}

/** @param {() => Promise<unknown>} renew */
function redeemPoints(renew) {
  const redeem = form({
    fields: [
      field({
        name: 'amount',
        label: 'Jumlah poin',
        hint: 'Poin utuh, tanpa koma.',
        maxlength: 9,
        type: 'points',
      }),
    ],
    submit: 'Tukar jadi saldo',
    act: async ({ amount = '' }) => {
      const { transaction } = await api.redeemPoints(amount)
      redeem.reset()
      toast(`${points(amount)} poin ditukar. Saldo Anda sekarang ${rupiah(transaction.balance)}.`)
      await renew()
    },
  })
  return el('section', { class: 'card' }, el('h2', {}, 'Tukar poin'), redeem)
}

/** First what it is worth, then the redemption. @param {() => Promise<unknown>} renew */
function redeemVoucher(renew) {
  const offer = el('div', { class: 'offer', role: 'status' })
  /** @param {api.Voucher} voucher */
  const take = (voucher) =>
    form({
      fields: [],
      submit: 'Pakai voucher ini',
      act: async () => {
        await api.redeemVoucher(voucher.code)
        offer.replaceChildren()
        look.reset()
        toast(`Voucher ${voucher.code} sudah dipakai.`)
        await renew()
      },
    })
  const look = form({
    fields: [field({ name: 'voucher_code', label: 'Kode voucher', maxlength: 64 })],
    submit: 'Periksa',
    plain: true,
    act: async ({ voucher_code: code = '' }) => {
      offer.replaceChildren()
      const voucher = await api.voucher(code.toUpperCase())
      const isForPaying = voucher.kind.startsWith('DISCOUNT')
      offer.append(
        el('p', {}, el('strong', {}, worthOf(voucher))),
        isForPaying
          ? el(
              'a',
              { class: 'button', href: `#/bayar?voucher_code=${encodeURIComponent(voucher.code)}` },
              'Pakai saat membayar',
            )
          : take(voucher),
      )
    },
  })
  return el('section', { class: 'card' }, el('h2', {}, 'Tukar voucher'), look, offer)
}

/** @param {api.Voucher} voucher */
function worthOf({ kind, value, max_discount: most }) {
  if (kind === 'BALANCE') return `Saldo ${rupiah(value)}`
  if (kind === 'POINTS') return `${points(String(value))} poin`
  if (kind === 'DISCOUNT_FIXED') return `Potongan ${rupiah(value)}`
  return `Potongan ${value}%${most === null ? '' : `, paling banyak ${rupiah(most)}`}`
}

/** @param {readonly api.Mutation[]} mutations */
function mutationRows(mutations) {
  return mutations.map(({ type, amount, src, status, created_at: at }) =>
    el(
      'li',
      { class: 'row' },
      el('span', { class: 'what' }, sourceOf(src)),
      el(
        'span',
        { class: `sum ${status === 'PENDING' ? 'open' : type === 'EARN' ? 'credit' : 'debit'}` },
        `${type === 'EARN' ? '+' : '−'}${points(amount)}`,
      ),
      el('span', { class: 'about' }, moment(at)),
      status === 'PENDING' && el('span', { class: `badge ${toneOf(status)}` }, 'Menunggu'),
    ),
  )
}

/** @param {readonly api.Redemption[]} redemptions */
function redemptionRows(redemptions) {
  return redemptions.map(({ code, status, created_at: at }) =>
    el(
      'li',
      { class: 'row' },
      el('span', { class: 'what' }, code),
      el('span', { class: `badge ${toneOf(status)}` }, redemptionStatus(status)),
      el('span', { class: 'about' }, moment(at)),
    ),
  )
}
