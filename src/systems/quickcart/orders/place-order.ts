import { setTimeout as wait } from 'node:timers/promises'
import type { Caller } from '../../../kernel/caller.ts'
import { type DomainError, isDomainError } from '../../../kernel/errors.ts'
import { formatMoney, type Money } from '../../../kernel/money.ts'
import { requestHash } from '../../../platform/idempotency/idempotent.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import type { UserId } from '../accounts/user-id.ts'
import { fail } from '../errors.ts'
import { createPayment } from '../payments/create-payment.ts'
import { paymentFailure } from '../payments/payment-failure.ts'
import { limitGuesses, limitMade } from '../shop/limits.ts'
import type { Store } from '../store.ts'
import { findOrder } from './find-order.ts'
import type { OrderView, PaymentMethod } from './order-view.ts'
import { linesJson, type OrderLine } from './quote-order.ts'

export interface PlaceOrder {
  readonly userId: UserId
  readonly items: readonly OrderLine[]
  readonly method: PaymentMethod
  readonly voucherCode?: string
  /** What the customer was shown; another total is refused with the new quote. */
  readonly expectedTotal?: Money<'IDR'>
  /** The same key makes the same order, once. */
  readonly idempotencyKey: string
}

// QuickCart, UC 4: "after two silent retries 50 ms apart".
const STOCK_RETRIES = 2
const STOCK_RETRY_MS = 50

/**
 * Reserves the goods and asks the gateway for a QR, or takes the balance and hands the goods over (QuickCart,
 * UC 4 and 5). Where the gateway does not answer in time, the order is answered with its payment `creating` and a
 * durable job goes on.
 * @throws pending_order_exists, out_of_stock, product_inactive, product_not_found, price_changed,
 *   insufficient_balance, amount_out_of_range, amount_not_whole, voucher_invalid, voucher_expired,
 *   voucher_cooldown, gateway_unavailable, gateway_fee_mismatch, idempotency_conflict, rate_limited, banned
 */
export async function placeOrder(store: Store, caller: Caller, input: PlaceOrder): Promise<OrderView> {
  const { userId, voucherCode } = input
  const invoice = await limitGuesses(store, userId, voucherCode, () =>
    limitMade(store, userId, 'order', () => withStockRetries(() => commitOrder(store, caller, input))),
  )
  if (input.method === 'qris') await createPayment(store, caller, invoice)
  const order = await findOrder(store, invoice, { userId, isAdmin: false })
  if (order.payment?.status === 'failed') throw await paymentFailure(store, invoice)
  return order
}

/** Everything of one checkout that must happen together; answers the invoice. */
async function commitOrder(store: Store, caller: Caller, input: PlaceOrder): Promise<string> {
  const { idempotencyKey: key, userId, items, method, voucherCode = null, expectedTotal } = input
  const expected = expectedTotal === undefined ? null : formatMoney('IDR', expectedTotal)
  const hash = requestHash({ items, method, voucherCode, expected })
  const refusal = refusalNow(store, method)
  const { invoice } = await inTransaction(store.db, caller, (tx) =>
    tx.one<{ invoice: string }>(sql`
      select invoice from place_order_once(${key}, ${hash},
        ${refusal ? sql.json({ code: refusal.code, details: refusal.details }) : null},
        ${userId}, ${linesJson(items)}, ${method}, ${voucherCode}, ${expected})`),
  )
  return invoice
}

/** What a new order would be refused for before anything is looked at; a repeated one is answered all the same. */
function refusalNow({ pakasir }: Store, method: PaymentMethod): DomainError | undefined {
  return method === 'qris' && !pakasir.available ? fail('gateway_unavailable') : undefined
}

/** Goods that another checkout holds may come free again within moments; only then is another try worth it. */
async function withStockRetries<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await work()
    } catch (error) {
      if (tries === STOCK_RETRIES || !isContention(error)) throw error
      await wait(STOCK_RETRY_MS)
    }
  }
}

/** Enough is there, but others hold it. */
function isContention(error: unknown): boolean {
  if (!isDomainError(error, 'out_of_stock')) return false
  const { available, requested } = error.details
  return Number(available) >= Number(requested)
}
