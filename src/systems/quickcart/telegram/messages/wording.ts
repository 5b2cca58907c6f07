/** Words and figures that many messages share, as Indonesians write them. */
import type { Role } from '../../accounts/roles.ts'
import type { PaymentMethod } from '../../orders/order-view.ts'

const wib = new Intl.DateTimeFormat('id-ID', {
  timeZone: 'Asia/Jakarta',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
})

/** "15 Agu 2026 21.04 WIB": customers live in one zone, whatever zone the server keeps. */
export function timeInWib(time: Date): string {
  return `${wib
    .format(time)
    .replace(/,? pukul /, ' ')
    .replace(',', '')} WIB`
}

/** "12.345" */
export function grouped(count: number | bigint): string {
  return count.toString().replace(/\B(?=(\d{3})+(?!\d))/g, '.')
}

/** Stored as "Uncategorized" (QuickCart, §2 products). */
export function categoryLabel(category: string): string {
  return category === 'Uncategorized' ? 'Tanpa Kategori' : category
}

/** The category that somebody means who writes its name. */
export function categoryNamed(label: string): string {
  return label.toLowerCase() === 'tanpa kategori' ? 'Uncategorized' : label
}

export function methodLabel(method: PaymentMethod): string {
  return method === 'qris' ? 'QRIS' : 'Saldo'
}

/** Cut at whole characters, so that an emoji does not break; for names in lists and buttons. */
export function shortened(text: string, length: number): string {
  const letters = [...text]
  return letters.length <= length ? text : `${letters.slice(0, length - 1).join('')}…`
}

export function roleLabel(role: Role): string {
  return { customer: 'pelanggan', reseller: 'reseller', admin: 'admin' }[role]
}
