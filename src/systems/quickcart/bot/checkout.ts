/** From the card to the order (QuickCart, §7.2): summary, voucher, [QRIS] or [SALDO]. */
import { isDomainError } from '../../../kernel/errors.ts'
import { parseMoney } from '../../../kernel/money.ts'
import { profileOf } from '../accounts/profile.ts'
import { pendingOrderOf } from '../orders/find-order.ts'
import type { PaymentMethod } from '../orders/order-view.ts'
import { placeOrder } from '../orders/place-order.ts'
import { type Quote, quoteOrder } from '../orders/quote-order.ts'
import { lines } from '../telegram/html.ts'
import { billAccepted, pendingBill } from '../telegram/messages/bill.ts'
import { askVoucher, orderSummary } from '../telegram/messages/checkout.ts'
import { problemText } from '../telegram/messages/problems.ts'
import { type Cart, cartOf } from './cart.ts'
import { type ButtonHandler, STALE, type TextHandler } from './handlers.ts'
import type { SessionContext } from './session.ts'
import type { Turn } from './turn.ts'

export const checkoutButtons: readonly ButtonHandler[] = [
  { pattern: /^checkout$/, run: withCart(showSummary) },
  { pattern: /^voucher:use$/, run: withCart(askForVoucher) },
  {
    pattern: /^voucher:skip$/,
    run: withCart((turn, cart) => showSummary(turn, { ...cart, voucherCode: undefined })),
  },
  { pattern: /^pay:(qris|balance):(\d{1,13}(?:\.\d{1,2})?)$/, run: withCart(pay) },
]

/** The code, where one was asked for. A wrong one is said, and another may be tried. */
export const voucherText: TextHandler = async (turn, text) => {
  const { session } = turn
  if (session?.state !== 'awaiting_voucher') return false
  const { product_id: productId = 0, quantity = 1 } = session.context
  // The answer is a new message: from now on its buttons are the cart's.
  const cart = { productId, quantity, voucherCode: text.trim().toUpperCase() }
  try {
    await summarise(turn, cart, { after_message_id: turn.messageId ?? 0 })
  } catch (error) {
    if (!isDomainError(error) || !error.code.startsWith('voucher_')) throw error
    const question = askVoucher()
    turn.remember({
      flow: 'ordering',
      state: 'awaiting_voucher',
      context: { product_id: productId, quantity, after_message_id: turn.messageId ?? 0 },
    })
    turn.say({ ...question, text: lines(problemText(error), question.text) })
  }
  return true
}

function withCart(
  run: (turn: Turn, cart: Cart, groups: readonly string[]) => Promise<void>,
): ButtonHandler['run'] {
  return async (turn, groups) => {
    const cart = cartOf(turn)
    if (!cart) return turn.answerPress(STALE)
    turn.answerPress()
    await run(turn, cart, groups)
  }
}

/** One order at a time: whoever still has one to pay is shown that one (QuickCart, §14.4). */
async function showSummary(turn: Turn, cart: Cart): Promise<void> {
  const open = await pendingOrderOf(turn.store, turn.user.id)
  if (open) return turn.show(pendingBill(open))
  await summarise(turn, cart, { message_id: cart.messageId })
}

async function summarise(
  turn: Turn,
  cart: Omit<Cart, 'messageId'>,
  place: Pick<SessionContext, 'message_id' | 'after_message_id'>,
): Promise<void> {
  // One after the other: a code that is wrong is looked up once, and counted once.
  const balance = await quote(turn, cart, 'account_balance')
  const [qris, profile] = await Promise.all([quoteQris(turn, cart), profileOf(turn.store, turn.user.id)])
  const { voucherCode } = cart
  remember(turn, cart, 'selecting_quantity', place)
  turn.show(orderSummary({ qris, balance, account: profile.balance, voucherCode }))
}

async function askForVoucher(turn: Turn, cart: Cart): Promise<void> {
  remember(turn, { ...cart, voucherCode: undefined }, 'awaiting_voucher', { message_id: cart.messageId })
  turn.show(askVoucher())
}

/** The message's id is the key: whatever is tapped how often below it makes one order. */
async function pay(turn: Turn, cart: Cart, [how, total = '']: readonly string[]): Promise<void> {
  const { productId, quantity, voucherCode, messageId } = cart
  try {
    const order = await placeOrder(turn.store, turn.caller, {
      userId: turn.user.id,
      items: [{ productId, quantity }],
      method: how === 'qris' ? 'qris' : 'account_balance',
      ...(voucherCode === undefined ? {} : { voucherCode }),
      expectedTotal: parseMoney('IDR', total),
      idempotencyKey: `tg:${turn.chatId}:${messageId}`,
    })
    remember(turn, cart, 'awaiting_payment', { message_id: messageId })
    turn.show(billAccepted(order))
  } catch (error) {
    if (isDomainError(error, 'pending_order_exists')) return await showSummary(turn, cart)
    if (!isDomainError(error, 'price_changed')) throw error
    turn.say({ text: problemText(error) })
    await showSummary(turn, cart)
  }
}

function quote(turn: Turn, cart: Omit<Cart, 'messageId'>, method: PaymentMethod): Promise<Quote> {
  const { productId, quantity, voucherCode } = cart
  return quoteOrder(turn.store, {
    userId: turn.user.id,
    items: [{ productId, quantity }],
    method,
    ...(voucherCode === undefined ? {} : { voucherCode }),
  })
}

/** Undefined where nothing is left to pay, or QRIS cannot carry the amount. */
async function quoteQris(turn: Turn, cart: Omit<Cart, 'messageId'>): Promise<Quote | undefined> {
  try {
    const qris = await quote(turn, cart, 'qris')
    return qris.total === 0n ? undefined : qris
  } catch (error) {
    if (isDomainError(error, 'amount_not_whole') || isDomainError(error, 'amount_out_of_range'))
      return undefined
    throw error
  }
}

function remember(
  turn: Turn,
  cart: Omit<Cart, 'messageId'>,
  state: 'selecting_quantity' | 'awaiting_voucher' | 'awaiting_payment',
  place: Pick<SessionContext, 'message_id' | 'after_message_id'>,
): void {
  const { productId, quantity, voucherCode } = cart
  const voucher = voucherCode === undefined ? {} : { voucher_code: voucherCode }
  turn.remember({
    flow: 'ordering',
    state,
    context: { product_id: productId, quantity, ...voucher, ...place },
  })
}
