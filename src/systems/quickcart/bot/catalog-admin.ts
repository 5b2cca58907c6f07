/** Products from the chat (QuickCart, §7.3). */
import { wholeMoney } from '../../../kernel/money.ts'
import { createProduct } from '../catalog/create-product.ts'
import { retireProduct } from '../catalog/update-product.ts'
import { html } from '../telegram/html.ts'
import { readProductId } from './admin-arguments.ts'
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
]

export function productTarget(id: number) {
  return { table: 'products', id: String(id) }
}

function add(argument: string): AdminAction | undefined {
  const [, id = '', name = '', category = '', price = '', description = ''] = ADD.exec(argument) ?? []
  if (name === '' || id === '0') return undefined
  return {
    arguments: argument,
    async run({ store, caller }) {
      const product = await createProduct(store, caller, {
        ...(id === '-' ? {} : { id: Number(id) }),
        name,
        ...(category === '-' ? {} : { category }),
        customerPrice: wholeMoney('IDR', BigInt(price)),
        description: description.trim() === '-' ? null : description.trim(),
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
