import type { Caller } from '../../../kernel/caller.ts'
import { formatMoney, type Money } from '../../../kernel/money.ts'
import { idempotent } from '../../../platform/idempotency/idempotent.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import type { UserId } from '../accounts/user-id.ts'
import { fail } from '../errors.ts'
import { createPayment } from '../payments/create-payment.ts'
import { paymentFailure } from '../payments/payment-failure.ts'
import { limitMade } from '../shop/limits.ts'
import type { Store } from '../store.ts'
import type { DepositView } from './deposit-view.ts'
import { findDeposit } from './find-deposit.ts'

export interface PlaceDeposit {
  readonly userId: UserId
  /** What will be credited; the fee comes on top. */
  readonly amount: Money<'IDR'>
  /** The same key makes the same deposit, once. */
  readonly idempotencyKey: string
}

/**
 * Asks the gateway for a QR over the amount and its fee (QuickCart, UC 12). Where it does not answer in time, the
 * deposit is answered with its payment `creating` and a durable job goes on.
 * @throws pending_deposit_exists, amount_out_of_range, amount_not_whole, gateway_unavailable, gateway_fee_mismatch,
 *   idempotency_conflict, idempotency_in_flight, rate_limited, banned
 */
export async function placeDeposit(store: Store, caller: Caller, input: PlaceDeposit): Promise<DepositView> {
  const invoice = await limitMade(store, input.userId, 'deposit', () => commitDeposit(store, caller, input))
  await createPayment(store, caller, invoice)
  const deposit = await findDeposit(store, invoice, { userId: input.userId, isAdmin: false })
  if (deposit.payment?.status === 'failed') throw await paymentFailure(store, invoice)
  return deposit
}

/** Answers the invoice. */
async function commitDeposit(store: Store, caller: Caller, input: PlaceDeposit): Promise<string> {
  const { userId, idempotencyKey: key } = input
  const amount = formatMoney('IDR', input.amount)
  const { available } = store.pakasir
  return await inTransaction(store.db, caller, (tx) =>
    idempotent(tx, { scope: `place_deposit:${userId}`, key, request: { amount } }, async () => {
      // A repeated request is answered all the same.
      if (!available) throw fail('gateway_unavailable')
      await tx.run(sql`select count_made(${userId}, 'deposit')`)
      const { invoice } = await tx.one<{ invoice: string }>(
        sql`select place_deposit(${userId}, ${amount}) ->> 'invoice_id' as invoice`,
      )
      return invoice
    }),
  )
}
