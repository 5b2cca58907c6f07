/** The keyboard below the input field (QuickCart, §7.2). */
import type { ReplyKeyboardMarkup } from 'grammy/types'

const IDS_PER_ROW = 8

/** Its words, without the emoji; some clients and people leave that out. */
const labels = { products: 'LIST PRODUK', stock: 'STOK', account: 'AKUN', contact: 'KIRIM PESAN' } as const

export type Label = keyof typeof labels

const emoji: Readonly<Record<Label, string>> = { products: '🛍', stock: '📦', account: '👤', contact: '✉️' }

/** `ids`: products in stock, ascending; the first 24 are shown. */
export function mainKeyboard(ids: readonly number[]): ReplyKeyboardMarkup {
  const key = (label: Label) => ({ text: `${emoji[label]} ${labels[label]}` })
  return {
    keyboard: [
      [key('products'), key('stock')],
      [key('account'), key('contact')],
      ...rows(ids.slice(0, 3 * IDS_PER_ROW)),
    ],
    resize_keyboard: true,
    is_persistent: true,
  }
}

/** The label that a text is, whatever stands before its first letter. */
export function labelOf(text: string): Label | undefined {
  const words = text
    .replace(/^[^\p{L}\p{N}]+/u, '')
    .trim()
    .toUpperCase()
  return (Object.keys(labels) as Label[]).find((label) => labels[label] === words)
}

function rows(ids: readonly number[]) {
  return Array.from({ length: Math.ceil(ids.length / IDS_PER_ROW) }, (_, row) =>
    ids.slice(row * IDS_PER_ROW, (row + 1) * IDS_PER_ROW).map((id) => ({ text: String(id) })),
  )
}
