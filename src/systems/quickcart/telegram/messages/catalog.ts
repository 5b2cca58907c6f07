/** The shelves: categories, lists, one product, what sells best. */
import { rupiah } from '../../../../kernel/money.ts'
import type { ProductView } from '../../catalog/browse.ts'
import type { Category } from '../../catalog/product.queries.ts'
import type { TopBuyer } from '../../shop/stats.ts'
import { categoryKey } from '../category-key.ts'
import { type Html, html, lines } from '../html.ts'
import { button, inRows, type Message } from '../message.ts'
import { pager } from './pager.ts'
import { categoryLabel, grouped, shortened } from './wording.ts'

const BUTTON_LETTERS = 40
const IDS_PER_ROW = 5
/** Names are up to 255 characters: a page of them, and their prices, must fit into one message. */
const LIST_LETTERS = 1_200
const DESCRIPTION_LETTERS = 3000

const mainMenu = button('⬅️ Menu Utama', 'menu:main')

/** `shown`: how many fit onto a screen; the rest is reached through all products. */
export function categoryList(categories: readonly Category[], shown = 50): Message {
  const rows = categories
    .slice(0, shown)
    .map(({ name, products }) => [
      button(`${shortened(categoryLabel(name), BUTTON_LETTERS)} (${products})`, `cat:${categoryKey(name)}:1`),
    ])
  return {
    text: categories.length > 0 ? html`<b>Kategori</b>\nPilih kategori:` : html`Belum ada produk.`,
    buttons: [...rows, [button('📦 Semua Produk', 'menu:all'), mainMenu]],
  }
}

/** `turn` makes the button data of another page of the same list. */
export function productList(
  title: string,
  found: { readonly items: readonly ProductView[]; readonly page: number; readonly totalPages: number },
  turn: (page: number) => string,
): Message {
  const { items, page: number, totalPages } = found
  return {
    text: lines(
      html`<b>${title}</b> (halaman ${number}/${totalPages})`,
      html``,
      ...(items.length > 0
        ? items.map((product) => productLine(product, items.length))
        : [html`Belum ada produk di sini.`]),
      html``,
      html`Pilih nomor produk, atau ketik nomornya.`,
    ),
    buttons: [
      ...idButtons(items),
      ...pager(number, totalPages, turn),
      [button('⬅️ Kategori', 'menu:categories'), mainMenu],
    ],
  }
}

export function bestSellerList(products: readonly ProductView[]): Message {
  return {
    text: lines(
      html`<b>🔥 Produk Terlaris</b>`,
      html``,
      ...(products.length > 0
        ? products.map(
            (product) =>
              html`${productLine(product, products.length)} · terjual ${grouped(product.soldCount)}`,
          )
        : [html`Belum ada yang terjual.`]),
    ),
    buttons: [...idButtons(products), [button('🏆 Top Buyers', 'stats:top_buyers'), mainMenu]],
  }
}

export function topBuyerList(buyers: readonly TopBuyer[]): Message {
  return {
    text: lines(
      html`<b>🏆 Pembeli teratas, 30 hari terakhir</b>`,
      html``,
      ...(buyers.length > 0
        ? buyers.map(({ name, orders }, i) => html`${i + 1}. ${name}: ${grouped(orders)} pesanan`)
        : [html`Belum ada.`]),
    ),
    buttons: [[button('⬅️ Terlaris', 'menu:best'), mainMenu]],
  }
}

/** Name, id, stock, the caller's price, sold, description (QuickCart, §7.2). */
export function productCard(product: ProductView, quantity: number): Message {
  const { id, name, stockCount, price, soldCount, description, category } = product
  const text = lines(
    html`<b>${name}</b>`,
    html`Id: <code>${id}</code> · ${categoryLabel(category)}`,
    html`Stok: ${grouped(stockCount)} · Terjual: ${grouped(soldCount)}`,
    html`Harga: <b>${rupiah(price)}</b>`,
    ...(description === null ? [] : [html``, html`${shortened(description, DESCRIPTION_LETTERS)}`]),
    ...(stockCount === 0 ? [html``, html`Stok sedang habis.`] : []),
  )
  if (stockCount === 0) return { text, buttons: [[button('⬅️ Kategori', 'menu:categories'), mainMenu]] }
  return {
    text: lines(text, html``, html`Jumlah: <b>${quantity}</b>`),
    buttons: [
      [button('➖', 'qty:-1'), button(String(quantity), 'noop'), button('➕', 'qty:1')],
      [button('+2', 'qty:2'), button('+5', 'qty:5'), button('+10', 'qty:10')],
      [button('🛒 Lanjut ke pembayaran', 'checkout')],
      [button('❌ Batalkan', 'menu:main')],
    ],
  }
}

function productLine({ id, name, price, stockCount }: ProductView, rows: number): Html {
  const stock = stockCount > 0 ? `stok ${grouped(stockCount)}` : 'habis'
  return html`<b>${id}</b>. ${shortened(name, Math.floor(LIST_LETTERS / Math.max(rows, 10)))} · ${rupiah(price)} · ${stock}`
}

function idButtons(products: readonly ProductView[]) {
  const buttons = products.map(({ id }) => button(String(id), `product:${id}`))
  return inRows(buttons, IDS_PER_ROW)
}

export function noStock(product: number): Message {
  return { text: html`Produk <b>${product}</b> tidak punya stok yang tersedia.` }
}

/** `part`: of an export that does not fit into one file. */
export function stockFileCaption(product: number, count: number, part?: number): Html {
  return part === undefined
    ? html`Stok produk <b>${product}</b>: ${grouped(count)} barang tersedia.`
    : html`Stok produk <b>${product}</b>, bagian ${part}: ${grouped(count)} barang tersedia.`
}
