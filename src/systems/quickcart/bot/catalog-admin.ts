/** Products from the chat (QuickCart, §7.3). */
import { wholeMoney } from '../../../kernel/money.ts'
import { adjustSoldCount } from '../catalog/adjust-sold-count.ts'
import { createProduct } from '../catalog/create-product.ts'
import { retireProduct, updateProduct } from '../catalog/update-product.ts'
import { html } from '../telegram/html.ts'
import { categoryLabel, categoryNamed, grouped } from '../telegram/messages/wording.ts'
import { fields, readProductId } from './admin-arguments.ts'
import type { AdminAction, AdminCommand } from './handlers.ts'

/** Twelve digits: PostgreSQL keeps thirteen before the point. */
const ADD = /^(\d{1,9}|-)\s*\|\s*([^|]{1,255}?)\s*\|\s*([^|]{1,255}?)\s*\|\s*(\d{1,12})\s*\|\s*([\s\S]+)$/

export const catalogCommands: readonly AdminCommand[] = [
  {
    command: 'add',
    description: 'tambah produk',
    syntax: '/add id|nama|kategori|harga|deskripsi (id, kategori, deskripsi boleh -)',
    example: '/add 101|Netflix 1 Bulan|Streaming|25000|Akun pribadi',
    read: add,
  },
  {
    command: 'del',
    description: 'hentikan penjualan produk',
    syntax: '/del id',
    example: '/del 101',
    read: retire,
  },
  {
    command: 'editid',
    description: 'ganti nomor produk',
    syntax: '/editid lama|baru',
    example: '/editid 101|202',
    read: renumber,
  },
  {
    command: 'editcategory',
    description: 'ganti kategori produk',
    syntax: '/editcategory id|kategori',
    example: '/editcategory 101|Streaming',
    read: recategorise,
  },
  {
    command: 'editsold',
    description: 'tambah jumlah terjual',
    syntax: '/editsold id|tambahan (boleh negatif)',
    example: '/editsold 101|25',
    read: adjustSold,
  },
]

export function productTarget(id: number) {
  return { table: 'products', id: String(id) }
}

function add(argument: string): AdminAction | undefined {
  const [, id = '', name = '', category = '', price = '', description = ''] = ADD.exec(argument) ?? []
  if (name === '' || id === '0') return undefined
  return {
    arguments: argument,
    async run({ store, caller, updateId }) {
      const product = await createProduct(store, caller, {
        ...(id === '-' ? {} : { id: Number(id) }),
        name,
        ...(category === '-' ? {} : { category }),
        customerPrice: wholeMoney('IDR', BigInt(price)),
        description: description.trim() === '-' ? null : description.trim(),
        idempotencyKey: `update:${updateId}`,
      })
      return {
        text: html`Produk <b>${product.id}</b> (${product.name}) ditambahkan.`,
        target: productTarget(product.id),
      }
    },
  }
}

function retire(argument: string): AdminAction | undefined {
  const id = readProductId(argument)
  if (id === undefined) return undefined
  return {
    target: productTarget(id),
    arguments: argument,
    async run({ store, caller }) {
      await retireProduct(store, caller, id)
      return { text: html`Produk <b>${id}</b> tidak dijual lagi.` }
    },
  }
}

function renumber(argument: string): AdminAction | undefined {
  const [from, to] = (fields(argument, 2) ?? []).map(readProductId)
  if (from === undefined || to === undefined) return undefined
  return {
    target: productTarget(from),
    arguments: argument,
    async run({ store, caller }) {
      await updateProduct(store, caller, from, { id: to })
      return { text: html`Produk <b>${from}</b> sekarang bernomor <b>${to}</b>.`, target: productTarget(to) }
    },
  }
}

function recategorise(argument: string): AdminAction | undefined {
  const [product, label = ''] = fields(argument, 2) ?? []
  const id = readProductId(product)
  if (id === undefined || label.length > 255) return undefined
  const category = categoryNamed(label)
  return {
    target: productTarget(id),
    arguments: argument,
    async run({ store, caller }) {
      await updateProduct(store, caller, id, { category })
      return { text: html`Produk <b>${id}</b> sekarang di kategori <b>${categoryLabel(category)}</b>.` }
    },
  }
}

function adjustSold(argument: string): AdminAction | undefined {
  const [product, change = ''] = fields(argument, 2) ?? []
  const id = readProductId(product)
  if (id === undefined || !/^[+-]?\d{1,9}$/.test(change)) return undefined
  return {
    target: productTarget(id),
    arguments: argument,
    async run({ store, caller, updateId }) {
      const sold = await adjustSoldCount(store, caller, {
        productId: id,
        change: Number(change),
        idempotencyKey: `update:${updateId}`,
      })
      return { text: html`Produk <b>${id}</b>: ${grouped(sold)} terjual.` }
    },
  }
}
