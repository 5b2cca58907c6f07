/** The lines of an order: what is bought and what it costs. */
import { rupiah } from '../../../../kernel/money.ts'
import type { OrderItemView, OrderView } from '../../orders/order-view.ts'
import { type Html, html, lines } from '../html.ts'
import { button } from '../message.ts'

export const backButton = button('⬅️ Kembali', 'menu:main')

export type PricedLine = Pick<OrderItemView, 'productName' | 'quantity' | 'pricePerUnit'>

/** "• 2 × Netflix 1 Bulan @ Rp 15.000" */
export function itemLine({ productName, quantity, pricePerUnit }: PricedLine): Html {
  return html`• ${quantity} × ${productName} @ ${rupiah(pricePerUnit)}`
}

/** Goods, discount, fee, total. */
export function amountLines({ subtotal, voucherDiscount, fee, total }: OrderView): Html {
  return lines(
    html`Subtotal: ${rupiah(subtotal)}`,
    voucherDiscount > 0n ? html`Voucher: -${rupiah(voucherDiscount)}` : undefined,
    fee > 0n ? html`Biaya QRIS: ${rupiah(fee)}` : undefined,
    html`<b>Total: ${rupiah(total)}</b>`,
  )
}
