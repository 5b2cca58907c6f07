import { el } from './dom.js'
import * as api from './endpoints.js'
import { points, rupiah } from './format.js'
import { transactionRows } from './list.js'
import { live } from './live.js'

const NEWEST = '5'

/** @param {import('./live.js').Visit} visit */
export async function homeScreen({ left }) {
  const profile = await api.profile()
  const load = () => Promise.all([api.wallet(), api.transactions({ limit: NEWEST })])
  const { region } = await live(left, load, ([wallet, { items }]) => [
    el('h1', {}, `Halo, ${profile.first_name}`),
    !profile.email_verified &&
      el(
        'p',
        { class: 'notice' },
        'Alamat e-mail Anda belum dikonfirmasi. ',
        el('a', { href: '#/konfirmasi' }, 'Konfirmasi sekarang'),
      ),
    balanceCard(wallet),
    el(
      'div',
      { class: 'actions' },
      el('a', { class: 'button', href: '#/isi' }, 'Isi saldo'),
      el('a', { class: 'button', href: '#/bayar' }, 'Bayar'),
      el('a', { class: 'button plain', href: '#/tarik' }, 'Tarik dana'),
      el('a', { class: 'button plain', href: '#/poin' }, 'Poin & voucher'),
    ),
    el('h2', {}, 'Terbaru'),
    items.length === 0
      ? el('p', { class: 'empty' }, 'Belum ada transaksi. Mulai dengan mengisi saldo.')
      : el('ol', { class: 'rows' }, transactionRows(items)),
    items.length === Number(NEWEST) && el('p', {}, el('a', { href: '#/riwayat' }, 'Semua riwayat')),
  ])
  return [region]
}

/** @param {api.Wallet} wallet */
function balanceCard({ balance, in_transaction: held, available, points: owned }) {
  return el(
    'section',
    { class: 'balance', 'aria-label': 'Saldo' },
    el('p', { class: 'label' }, 'Saldo tersedia'),
    el('p', { class: 'big' }, rupiah(available)),
    el(
      'dl',
      {},
      el('div', {}, el('dt', {}, 'Saldo'), el('dd', {}, rupiah(balance))),
      el('div', {}, el('dt', {}, 'Ditahan'), el('dd', {}, rupiah(held))),
      el('div', {}, el('dt', {}, 'Poin'), el('dd', {}, points(owned))),
    ),
  )
}
