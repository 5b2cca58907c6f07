/** Products and goods from the chat (QuickCart, §7.3). A wrong format is answered with syntax and example. */
import { wholeMoney } from '../../../kernel/money.ts'
import { createProduct } from '../catalog/create-product.ts'
import { retireProduct } from '../catalog/update-product.ts'
import { addStock } from '../stock/add-stock.ts'
import { removeStock } from '../stock/remove-stock.ts'
import { type Html, html } from '../telegram/html.ts'
import { grouped } from '../telegram/messages/wording.ts'
import type { Turn } from './turn.ts'

export interface AdminCommand {
  readonly command: string
  readonly description: string
  readonly syntax: string
  readonly example: string
  /**
   * Undefined where the argument is not of the syntax. `target`: what the audit names; `argument`: as the audit may
   * keep it, goods replaced by their length.
   */
  run(turn: Turn, argument: string): Promise<AdminOutcome | undefined>
}

export interface AdminOutcome {
  readonly text: Html
  readonly target: string
  readonly argument: string
}

const MAX_LINES = 1_000
/** A .txt document may hold more than a message. */
export const MAX_DOCUMENT_LINES = 10_000
/** Twelve digits: PostgreSQL keeps thirteen before the point. */
const ADD = /^(\d{1,9}|-)\s*\|\s*([^|]{1,255}?)\s*\|\s*([^|]{1,255}?)\s*\|\s*(\d{1,12})\s*\|\s*([\s\S]+)$/
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export const stockCommands: readonly AdminCommand[] = [
  {
    command: 'add',
    description: 'tambah produk',
    syntax: '/add id|nama|kategori|harga|deskripsi (id, kategori, deskripsi boleh -)',
    example: '/add 101|Netflix 1 Bulan|Streaming|25000|Akun pribadi',
    run: add,
  },
  {
    command: 'addstock',
    description: 'tambah stok',
    syntax: '/addstock id|isi, satu barang per baris (atau file .txt dengan caption ini)',
    example: '/addstock 101|akun1@mail.com:rahasia',
    run: (turn, argument) => fill(turn, argument, MAX_LINES),
  },
  {
    command: 'del',
    description: 'hentikan penjualan produk',
    syntax: '/del id',
    example: '/del 101',
    run: retire,
  },
  {
    command: 'delstock',
    description: 'hapus satu stok',
    syntax: '/delstock id|stock_id',
    example: '/delstock 101|0b5a6d1e-8f0b-4c83-9a54-6a6f3a1f2b7c',
    run: removeOne,
  },
  {
    command: 'delallstock',
    description: 'hapus semua stok yang belum terjual',
    syntax: '/delallstock id',
    example: '/delallstock 101',
    run: removeAll,
  },
]

/** Goods, one per line, from a message or a document. */
export async function fill(
  turn: Turn,
  argument: string,
  maxLines: number,
): Promise<AdminOutcome | undefined> {
  const split = argument.indexOf('|')
  const id = productId(argument.slice(0, Math.max(split, 0)))
  const contents = argument.slice(split + 1).split(/\r?\n/)
  if (id === undefined || contents.every((line) => line.trim() === '') || contents.length > maxLines) {
    return undefined
  }
  const { added, duplicates } = await addStock(turn.store, turn.caller, { productId: id, contents })
  return {
    text: html`Produk <b>${id}</b>: ${grouped(added)} ditambahkan, ${grouped(duplicates)} duplikat dilewati.`,
    target: String(id),
    argument: `${id}|${contents.length} lines`,
  }
}

async function add(turn: Turn, argument: string): Promise<AdminOutcome | undefined> {
  const [, id = '', name = '', category = '', price = '', description = ''] = ADD.exec(argument) ?? []
  if (name === '' || id === '0') return undefined
  const product = await createProduct(turn.store, turn.caller, {
    ...(id === '-' ? {} : { id: Number(id) }),
    name,
    ...(category === '-' ? {} : { category }),
    customerPrice: wholeMoney('IDR', BigInt(price)),
    description: description.trim() === '-' ? null : description.trim(),
  })
  return {
    text: html`Produk <b>${product.id}</b> (${product.name}) ditambahkan.`,
    target: String(product.id),
    argument,
  }
}

async function retire(turn: Turn, argument: string): Promise<AdminOutcome | undefined> {
  const id = productId(argument)
  if (id === undefined) return undefined
  await retireProduct(turn.store, turn.caller, id)
  return { text: html`Produk <b>${id}</b> tidak dijual lagi.`, target: String(id), argument }
}

async function removeOne(turn: Turn, argument: string): Promise<AdminOutcome | undefined> {
  const [first = '', stockId = ''] = argument.split('|').map((part) => part.trim())
  const id = productId(first)
  if (id === undefined || !UUID.test(stockId)) return undefined
  await removeStock(turn.store, turn.caller, { productId: id, stockId })
  return { text: html`Stok <code>${stockId}</code> dihapus.`, target: stockId, argument }
}

async function removeAll(turn: Turn, argument: string): Promise<AdminOutcome | undefined> {
  const id = productId(argument)
  if (id === undefined) return undefined
  const removed = await removeStock(turn.store, turn.caller, { productId: id })
  return { text: html`Produk <b>${id}</b>: ${grouped(removed)} stok dihapus.`, target: String(id), argument }
}

function productId(text: string): number | undefined {
  const id = /^\s*(\d{1,10})\s*$/.test(text) ? Number(text) : 0
  return id >= 1 && id <= 2_147_483_647 ? id : undefined
}
