/** Goods from the chat (QuickCart, §7.3): one per line, from a message or a .txt document. */
import { isUtf8 } from 'node:buffer'
import type { Document } from 'grammy/types'
import { TelegramError } from '../../../gateways/telegram/failures.ts'
import { findProduct } from '../catalog/browse.ts'
import { addStock } from '../stock/add-stock.ts'
import { removeStock } from '../stock/remove-stock.ts'
import { html } from '../telegram/html.ts'
import { grouped } from '../telegram/messages/wording.ts'
import { fields, readProductId } from './admin-arguments.ts'
import { productTarget } from './catalog-admin.ts'
import type { AdminAction, AdminAnswer, AdminCommand } from './handlers.ts'
import type { Turn } from './turn.ts'

const MAX_LINES = 1_000
/** A document may hold more than a message. */
const MAX_DOCUMENT_LINES = 10_000
/** Ten thousand lines of goods. */
const MAX_DOCUMENT_BYTES = 5 * 1024 * 1024
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export const stockCommands: readonly AdminCommand[] = [
  {
    command: 'addstock',
    description: 'tambah stok',
    syntax: '/addstock id|isi, satu barang per baris (atau file .txt dengan caption ini)',
    example: '/addstock 101|akun1@mail.com:rahasia',
    read: (argument, { document }) =>
      document === undefined ? fillFromText(argument) : fillFromDocument(argument, document),
  },
  {
    command: 'delstock',
    description: 'hapus satu stok',
    syntax: '/delstock id|stock_id',
    example: '/delstock 101|0b5a6d1e-8f0b-4c83-9a54-6a6f3a1f2b7c',
    read: removeOne,
  },
  {
    command: 'delallstock',
    description: 'hapus semua stok yang belum terjual',
    syntax: '/delallstock id',
    example: '/delallstock 101',
    read: removeAll,
  },
  {
    command: 'exportstock',
    description: 'unduh stok yang tersedia',
    syntax: '/exportstock id',
    example: '/exportstock 101',
    read: exportAll,
  },
]

function fillFromText(argument: string): AdminAction | undefined {
  const split = argument.indexOf('|')
  const id = readProductId(argument.slice(0, Math.max(split, 0)))
  const contents = argument.slice(split + 1).split(/\r?\n/)
  if (id === undefined || contents.every((line) => line.trim() === '') || contents.length > MAX_LINES) {
    return undefined
  }
  return {
    target: productTarget(id),
    arguments: `${id}|${contents.length} lines`,
    run: (turn) => fill(turn, id, contents),
  }
}

function fillFromDocument(argument: string, document: Document): AdminAction | undefined {
  const id = readProductId(argument.replace(/\|.*$/s, ''))
  if (id === undefined) return undefined
  return {
    target: productTarget(id),
    arguments: `${id}|document of ${document.file_size ?? 0} bytes`,
    async run(turn) {
      const text = await readDocument(turn, document)
      if (text === undefined) {
        return {
          text: html`Kirim file .txt (UTF-8) sampai 5 MB, satu barang per baris.`,
          outcome: 'not_readable',
        }
      }
      const contents = text.split(/\r?\n/)
      if (contents.length <= MAX_DOCUMENT_LINES) return await fill(turn, id, contents)
      return {
        text: html`File itu berisi lebih dari ${grouped(MAX_DOCUMENT_LINES)} baris.`,
        outcome: 'too_many_lines',
      }
    },
  }
}

async function fill(
  { store, caller }: Turn,
  productId: number,
  contents: readonly string[],
): Promise<AdminAnswer> {
  const { added, duplicates } = await addStock(store, caller, { productId, contents })
  return {
    text: html`Produk <b>${productId}</b>: ${grouped(added)} ditambahkan, ${grouped(duplicates)} duplikat dilewati.`,
  }
}

/** Undefined where it is no text file, or too large. */
async function readDocument(
  { store }: Turn,
  { file_id, file_name = '' }: Document,
): Promise<string | undefined> {
  if (!file_name.toLowerCase().endsWith('.txt')) return undefined
  try {
    return readText(await store.telegram.download(file_id, MAX_DOCUMENT_BYTES))
  } catch (error) {
    if (!(error instanceof TelegramError) || error.failure.kind !== 'rejected') throw error
    return undefined
  }
}

/** Without the mark that some editors put first; undefined where it is no UTF-8: in UTF-16 there are zeros. */
function readText(bytes: Buffer): string | undefined {
  return isUtf8(bytes) && !bytes.includes(0) ? new TextDecoder().decode(bytes) : undefined
}

function removeOne(argument: string): AdminAction | undefined {
  const [product, stockId = ''] = fields(argument, 2) ?? []
  const id = readProductId(product)
  if (id === undefined || !UUID.test(stockId)) return undefined
  return {
    target: { table: 'product_stocks', id: stockId },
    arguments: argument,
    async run({ store, caller }) {
      await removeStock(store, caller, { productId: id, stockId })
      return { text: html`Stok <code>${stockId}</code> dihapus.` }
    },
  }
}

function removeAll(argument: string): AdminAction | undefined {
  const id = readProductId(argument)
  if (id === undefined) return undefined
  return {
    target: productTarget(id),
    arguments: argument,
    async run({ store, caller }) {
      const removed = await removeStock(store, caller, { productId: id })
      return { text: html`Produk <b>${id}</b>: ${grouped(removed)} stok dihapus.` }
    },
  }
}

/** The goods are read when the file is sent. */
function exportAll(argument: string): AdminAction | undefined {
  const id = readProductId(argument)
  if (id === undefined) return undefined
  return {
    target: productTarget(id),
    arguments: argument,
    async run({ store }) {
      await findProduct(store, id, 'admin')
      return { notice: { kind: 'stock_export', product_id: id } }
    },
  }
}
