/** What the shop notices by itself and tells its staff (QuickCart, §8). Nothing here blocks anybody. */
import { parseMoney, rupiah } from '../../../../kernel/money.ts'
import { html, lines } from '../html.ts'
import type { Message } from '../message.ts'
import type { Facts } from './staff.ts'
import { grouped, shortened } from './wording.ts'

/** One piece of news of watch_velocity. */
export interface Unusual {
  readonly what: keyof typeof unusual
  readonly user: string
  readonly invoice?: string
  readonly amount?: string
  readonly count?: number
}

const unusual = {
  many_orders: {
    title: 'Banyak pesanan dalam satu jam',
    line: ({ user, count }: Unusual) =>
      html`Pembeli <code>${user}</code>: ${grouped(count ?? 0)} pesanan lunas`,
  },
  large_payment: {
    title: 'Pembayaran besar',
    line: ({ user, invoice, amount }: Unusual) =>
      html`<code>${invoice ?? ''}</code>, pembeli <code>${user}</code>: ${inRupiah(amount)}`,
  },
  large_day: {
    title: 'Pembayaran besar dalam satu hari',
    line: ({ user, amount }: Unusual) => html`Pembeli <code>${user}</code>: ${inRupiah(amount)}`,
  },
} as const

/** Of each kind; three kinds of so many lines are a message that Telegram takes. */
const UNUSUAL_SHOWN = 15

export function isUnusual(news: unknown): news is Unusual {
  return typeof news === 'object' && news !== null && 'what' in news && String(news.what) in unusual
}

/** Everything new of one look, the largest of each kind first, as it comes. */
export function unusualBuying(news: readonly Unusual[]): Message {
  const sections = Object.entries(unusual).map(([kind, { title, line }]) => {
    const those = news.filter(({ what }) => what === kind)
    const hidden = those.length - UNUSUAL_SHOWN
    if (those.length === 0) return undefined
    return lines(
      html`👀 <b>${title}</b>`,
      ...those.slice(0, UNUSUAL_SHOWN).map(line),
      hidden > 0 ? html`… dan ${grouped(hidden)} lagi.` : undefined,
    )
  })
  return { text: lines(...sections) }
}

export interface LowProduct {
  readonly id: number
  readonly name: string
  readonly available: number
}

const SHOWN = 30
const NAME_LETTERS = 60

export function lowStock(products: readonly LowProduct[]): Message {
  const hidden = products.length - SHOWN
  return {
    text: lines(
      html`📉 <b>Stok menipis</b>`,
      ...products
        .slice(0, SHOWN)
        .map(
          ({ id, name, available }) =>
            html`<b>${id}</b>. ${shortened(name, NAME_LETTERS)}: ${available === 0 ? 'habis' : `sisa ${available}`}`,
        ),
      hidden > 0 ? html`… dan ${grouped(hidden)} produk lain.` : undefined,
    ),
  }
}

export function booksDiffer({ count, first }: Facts): Message {
  return {
    text: lines(
      html`🚨 <b>Pembukuan tidak cocok</b>: ${String(count)} perbedaan.`,
      html`Yang pertama: <code>${shortened(String(first), 500)}</code>`,
    ),
  }
}

export function auditBroken({ problem }: Facts): Message {
  return { text: html`🚨 <b>Rantai audit rusak</b>: <code>${String(problem)}</code>` }
}

function inRupiah(amount: unknown): string {
  return rupiah(parseMoney('IDR', String(amount)))
}
