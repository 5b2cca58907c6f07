/** The goods themselves. Rendered when they are sent and stored nowhere (QuickCart, UC 11). */
import type { OrderItemView, OrderView } from '../../orders/order-view.ts'
import { type Html, html, lines, visibleLength } from '../html.ts'

/** sendMessage takes no more; longer deliveries travel as a file. */
const MAX_TEXT = 4096

export type Delivery =
  | { readonly as: 'message'; readonly text: Html }
  | { readonly as: 'document'; readonly caption: Html; readonly fileName: string; readonly content: string }

/** @throws Error where the order carries no contents: an unpaid order has none. */
export function delivery(order: OrderView): Delivery {
  const text = lines(
    html`✅ <b>Pembayaran diterima</b>`,
    html`Invoice: <code>${order.invoice}</code>`,
    ...order.items.map((item) => lines(html``, heading(item), contentsOf(item))),
    html``,
    html`Terima kasih sudah berbelanja!`,
  )
  if (visibleLength(text) <= MAX_TEXT) return { as: 'message', text }
  return {
    as: 'document',
    caption: lines(
      html`✅ <b>Pembayaran diterima</b>`,
      html`Barang pesanan <code>${order.invoice}</code> ada di file ini.`,
    ),
    fileName: `${order.invoice}.txt`,
    content: order.items.map(asPlainText).join('\n\n'),
  }
}

function heading({ productName, quantity }: OrderItemView): Html {
  return html`<b>${productName}</b> × ${quantity}`
}

function contentsOf(item: OrderItemView): Html {
  return lines(...goods(item).map((content) => html`<code>${content}</code>`))
}

function asPlainText(item: OrderItemView): string {
  return [`${item.productName} × ${item.quantity}`, ...goods(item)].join('\n')
}

function goods({ contents, productId }: OrderItemView): readonly string[] {
  if (contents === undefined) throw new Error(`no contents of product ${productId} to deliver`)
  return contents
}
