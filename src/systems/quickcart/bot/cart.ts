import type { Turn } from './turn.ts'

/** What is being ordered: one product, as the card and the summary let choose it. */
export interface Cart {
  readonly productId: number
  readonly quantity: number
  readonly voucherCode: string | undefined
  /** Where its buttons are. */
  readonly messageId: number
}

/**
 * The cart that the pressed button belongs to. Undefined where the conversation has moved on to another product: an
 * old summary's [SALDO] must not buy what is now in the cart.
 */
export function cartOf({ session, press }: Turn): Cart | undefined {
  if (session?.flow !== 'ordering' || press?.messageId === undefined) return undefined
  const { product_id, quantity, voucher_code, message_id, after_message_id } = session.context
  const isThere =
    message_id === undefined
      ? after_message_id !== undefined && press.messageId > after_message_id
      : message_id === press.messageId
  if (!isThere || product_id === undefined || quantity === undefined) return undefined
  return { productId: product_id, quantity, voucherCode: voucher_code, messageId: press.messageId }
}
