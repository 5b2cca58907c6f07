/** What the shop notices by itself and tells its staff (QuickCart, §8). Nothing here blocks anybody. */
import { parseMoney, rupiah } from '../../../../kernel/money.ts'
import { html, lines } from '../html.ts'
import type { Message } from '../message.ts'
import type { Facts } from './staff.ts'
import { grouped, shortened } from './wording.ts'

export function manyOrders(user: string, { count }: Facts): Message {
  return {
    text: lines(
      html`👀 <b>Banyak pesanan dalam satu jam</b>`,
      html`Pembeli: <code>${user}</code>`,
      html`Pesanan lunas: ${String(count)}`,
    ),
  }
}

export function largePayment(invoice: string, { user, amount }: Facts): Message {
  return {
    text: lines(
      html`👀 <b>Pembayaran besar</b>`,
      html`Invoice: <code>${invoice}</code>`,
      html`Pembeli: <code>${String(user)}</code>`,
      html`Jumlah: ${inRupiah(amount)}`,
    ),
  }
}

export function largeDay(user: string, { amount }: Facts): Message {
  return {
    text: lines(
      html`👀 <b>Pembayaran besar dalam satu hari</b>`,
      html`Pembeli: <code>${user}</code>`,
      html`Jumlah hari ini: ${inRupiah(amount)}`,
    ),
  }
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
