/** The history of a person, as the chat shows it. */
import { parseMoney, rupiah } from '../../../../kernel/money.ts'
import type { Transaction } from '../../accounts/transaction.queries.ts'
import { type Html, html, lines } from '../html.ts'
import { button, type Message } from '../message.ts'
import { pager } from './pager.ts'
import { timeInWib } from './wording.ts'

const titles: Readonly<Record<string, string>> = {
  order: '🛒 Pesanan',
  deposit: '💰 Isi saldo',
  refund: '↩️ Refund',
  late: '💰 Pembayaran terlambat',
  adj: '⚙️ Penyesuaian saldo',
  opening: '🏁 Saldo awal',
}

const statuses: Readonly<Record<string, string>> = {
  pending: 'Menunggu pembayaran',
  paid: 'Lunas',
  expired: 'Kedaluwarsa',
  cancelled: 'Dibatalkan',
  requested: 'Diajukan',
  rejected: 'Ditolak',
}

export function history(found: {
  readonly items: readonly Transaction[]
  readonly page: number
  readonly totalPages: number
}): Message {
  const { items, page, totalPages } = found
  const back = button('⬅️ Kembali', 'account:menu')
  if (items.length === 0) {
    return {
      text: lines(
        html`<b>Riwayat</b>`,
        html``,
        html`Belum ada transaksi. Pesanan dan isi saldo kamu akan muncul di sini.`,
      ),
      buttons: [[button('🗂 Kategori', 'menu:categories'), back]],
    }
  }
  return {
    text: lines(html`<b>Riwayat</b> (halaman ${page}/${totalPages})`, ...items.map(entry)),
    buttons: [...pager(page, totalPages, (n) => `account:history:${n}`), [back]],
  }
}

function entry({ kind, reference, status, amount, created_at }: Transaction): Html {
  const sum = parseMoney('IDR', amount)
  const state = kind === 'refund' && status === 'paid' ? 'Dibayar' : statuses[status]
  return lines(
    html``,
    html`${titles[kind] ?? 'Perubahan saldo'}${named(reference)}`,
    // What moved only the balance says which way.
    html`${state === undefined && sum > 0n ? '+' : ''}${rupiah(sum)}${state === undefined ? '' : ` · ${state}`}`,
    html`${timeInWib(created_at)}`,
  )
}

/** Invoices and numbers of refunds say something to a customer; the ledger's other references do not. */
function named(reference: string): Html {
  const [, invoice, refund] = /^(?:late:)?((?:TRX|DEP)\w+)$|^refund:(\d+)$/.exec(reference) ?? []
  if (invoice !== undefined) return html` <code>${invoice}</code>`
  return refund === undefined ? html`` : html` #${refund}`
}
