import { el, go, toast, webAddress } from './dom.js'
import * as api from './endpoints.js'
import { choice, doing, field, form } from './form.js'
import { moment, rupiah } from './format.js'
import { badge, factList, pages, signed, transactionRows } from './list.js'
import { live } from './live.js'
import { TRANSACTION_STATUSES, TRANSACTION_TYPES, titleOf } from './words.js'

/** @typedef {import('./live.js').Visit} Visit */

/** @param {Visit} visit */
export async function historyScreen(visit) {
  return visit.id === undefined ? await listScreen(visit) : await oneScreen(visit, visit.id)
}

/** @param {Visit} visit */
async function listScreen({ query }) {
  const asked = filterOf(query)
  const first = await api.transactions(asked)
  const above = { lastDay: '' }
  const list = pages(
    first,
    (cursor) => api.transactions({ ...asked, cursor }),
    (items) => transactionRows(items, above),
    [...query.keys()].length > 0
      ? 'Tidak ada transaksi yang cocok dengan pilihan ini.'
      : 'Belum ada transaksi. Mulai dengan mengisi saldo.',
  )
  return [el('h1', {}, 'Riwayat'), filters(query), list]
}

/**
 * Days of Jakarta; `to` is the day that is still shown.
 * @param {URLSearchParams} query
 */
function filterOf(query) {
  const [from, to] = ['from', 'to'].map((name) => /^\d{4}-\d\d-\d\d$/.exec(query.get(name) ?? '')?.[0])
  return {
    type: query.get('type') ?? undefined,
    status: query.get('status') ?? undefined,
    from: from ? new Date(`${from}T00:00:00+07:00`).toISOString() : undefined,
    to: to ? new Date(Date.parse(`${to}T00:00:00+07:00`) + 86_400_000).toISOString() : undefined,
  }
}

/** They stand in the address, so that going back finds them again. @param {URLSearchParams} query */
function filters(query) {
  const type = query.get('type') ?? ''
  const status = query.get('status') ?? ''
  const choose = form({
    fields: [
      el(
        'div',
        { class: 'pair' },
        choice({ name: 'type', label: 'Jenis', value: type, choices: [['', 'Semua'], ...TRANSACTION_TYPES] }),
        choice({
          name: 'status',
          label: 'Status',
          value: status,
          choices: [['', 'Semua'], ...TRANSACTION_STATUSES],
        }),
        date('from', 'Dari tanggal', query),
        date('to', 'Sampai tanggal', query),
      ),
    ],
    submit: 'Tampilkan',
    plain: true,
    act: async (chosen) =>
      go(Object.keys(chosen).length > 0 ? `riwayat?${new URLSearchParams(chosen)}` : 'riwayat'),
  })
  const isOpen = [...query.keys()].length > 0
  return el('details', { class: 'filters card', open: isOpen }, el('summary', {}, 'Saring'), choose)
}

/**
 * @param {string} name
 * @param {string} label
 * @param {URLSearchParams} query
 */
function date(name, label, query) {
  return field({ name, label, type: 'date', value: query.get(name) ?? '', optional: true })
}

/**
 * @param {Visit} visit
 * @param {string} id
 */
async function oneScreen({ left }, id) {
  let now = await api.transaction(id)
  const load = async () => {
    now = await api.transaction(id)
    return now
  }
  // Whoever comes back from the gateway's page has perhaps paid; its callback may be slower than they are.
  const returned = async () => {
    if (now.type === 'TOPUP' && now.status === 'PENDING') await api.askGateway(id)
  }
  const { region } = await live(left, load, drawOne, returned)
  return [region]
}

/**
 * @param {api.Transaction} transaction
 * @param {() => Promise<void>} renew
 */
function drawOne(transaction, renew) {
  const { type, status, invoice, payee, description, created_at: made, paid_at: paid } = transaction
  const after = transaction.balance_after
  return [
    el('p', {}, el('a', { href: '#/riwayat' }, '← Riwayat')),
    el('h1', {}, titleOf(transaction)),
    el(
      'div',
      { class: 'card' },
      el(
        'p',
        { class: 'row between' },
        el('strong', { class: 'big' }, signed(transaction)),
        badge(transaction),
      ),
      ...next(transaction, renew),
      factList([
        ['Nomor', invoice],
        ...pricesOf(transaction),
        ['Merchant', type === 'PAYMENT' ? payee : null],
        ['Catatan', description],
        ['Dibuat', moment(made)],
        ['Selesai', status === 'PAID' && paid !== null ? moment(paid) : null],
        ['Saldo sesudahnya', after === null ? null : rupiah(after)],
      ]),
    ),
  ]
}

/**
 * `amount_2`: the price before a voucher took something off it, or what was really paid into the wallet.
 * @param {api.Transaction} transaction
 * @returns {[name: string, value: string][]}
 */
function pricesOf({ type, amount, amount_2: other }) {
  if (other === null || other === amount || !/^\d+$/.test(other)) return []
  if (type === 'TOPUP') return [['Yang dibayar', rupiah(other)]]
  if (type !== 'PAYMENT') return []
  return [
    ['Harga', rupiah(other)],
    ['Potongan voucher', `−${rupiah(Number(other) - Number(amount))}`],
  ]
}

/**
 * What somebody can do about it, or waits for.
 * @param {api.Transaction} transaction
 * @param {() => Promise<void>} renew
 * @returns {HTMLElement[]}
 */
function next({ id, type, status, src, xendit_url: url, expired_at: ends }, renew) {
  if (status !== 'PENDING') return []
  const until = ends === null ? '' : ` paling lambat ${moment(ends)}`
  if (type === 'PAYOUT')
    return [el('p', {}, 'Sedang dikirim ke bank. ', el('a', { href: '#/tarik' }, 'Lihat penarikan'))]
  if (type === 'TOPUP') {
    const cancel = async () => {
      await api.cancelTopup(id).finally(renew)
      toast('Isi saldo dibatalkan.')
    }
    return atGateway(url, `Bayar${until}. Saldo bertambah sendiri setelah dibayar.`, cancel)
  }
  if (type !== 'PAYMENT') return []
  if (src === 'WALLET') return [el('p', {}, `Uangnya ditahan sampai merchant mengambilnya,${until}.`)]
  const cancel = async () => {
    await api.cancelPayment(id).finally(renew)
    toast('Pembayaran dibatalkan.')
  }
  return atGateway(url, `Bayar${until}. Merchant tahu sendiri setelah dibayar.`, cancel)
}

/**
 * @param {string | null} url where it is paid; null while the gateway has not made that yet
 * @param {string} how
 * @param {() => Promise<void>} cancel
 */
function atGateway(url, how, cancel) {
  const address = webAddress(url)
  const pay = { class: 'button', href: address, target: '_blank', rel: 'noopener' }
  return [
    el('p', {}, address ? how : 'Halaman pembayaran sedang disiapkan…'),
    el(
      'p',
      { class: 'row' },
      address && el('a', pay, 'Buka halaman pembayaran'),
      doing('Batalkan', cancel, toast),
    ),
  ]
}
