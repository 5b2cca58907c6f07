import { systemCaller } from '../../../kernel/caller.ts'
import { type Decimal, parseMoney } from '../../../kernel/money.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import type { UserId } from '../accounts/user-id.ts'
import type { Store } from '../store.ts'
import { selectRefundable } from './refund.queries.ts'
import type { RefundQuote } from './refund-view.ts'

/**
 * What this person would get back for their order now; changes nothing (QuickCart, UC 14).
 * @throws order_not_found, refund_exists, refund_not_eligible
 */
export async function quoteRefund(store: Store, user: UserId, invoice: string): Promise<RefundQuote> {
  // In a transaction, because days are counted by niaga.now().
  const quote = await inTransaction(store.db, systemCaller, (tx) =>
    tx.one<{
      base_amount: Decimal
      days_used: number
      claims_count: number
      multiplier: Decimal
      amount: Decimal
    }>(sql`
      select base_amount, days_used, claims_count, multiplier, amount from quote_refund(${user}, ${invoice})`),
  )
  return {
    invoice,
    base: parseMoney('IDR', quote.base_amount),
    daysUsed: quote.days_used,
    claims: quote.claims_count,
    multiplier: quote.multiplier,
    amount: parseMoney('IDR', quote.amount),
  }
}

/** Their orders that `quoteRefund` would quote, newest first. */
export async function refundableOrders(store: Store, user: UserId): Promise<readonly string[]> {
  return await inTransaction(store.db, systemCaller, (tx) => selectRefundable(tx, user))
}
