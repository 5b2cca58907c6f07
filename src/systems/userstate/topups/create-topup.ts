import type { Caller } from '../../../kernel/caller.ts'
import { idempotent } from '../../../platform/idempotency/idempotent.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { fail } from '../errors.ts'
import { createInvoice } from '../gateway/create-invoice.ts'
import { invoiceLater, type Redirects } from '../gateway/gateway-jobs.ts'
import type { Store } from '../store.ts'
import { findTransaction } from '../transactions/list-transactions.ts'
import type { TransactionView } from '../transactions/transaction-view.ts'

export interface CreateTopup {
  readonly username: string
  /** Whole rupiah. */
  readonly amount: number
  /** Name of a payment type; null: any. */
  readonly paymentType: string | null
  readonly redirects: Redirects
  readonly platform: string | null
  readonly idempotencyKey: string
}

/**
 * Asks for money into a wallet (UserState, U12). Where the gateway does not answer in time, the transaction is answered
 * without an address and a durable job goes on.
 * @throws amount_out_of_range, wallet_limit_exceeded, payment_type_inactive, account_disabled, gateway_rejected,
 *   idempotency_conflict, idempotency_in_flight
 */
export async function createTopup(
  store: Store,
  caller: Caller,
  input: CreateTopup,
): Promise<TransactionView> {
  const { id, isNew } = await commitTopup(store, caller, input)
  // The request that made it may still be at it: then the gateway is asked first.
  await createInvoice(store, caller, id, input.redirects, isNew ? 0 : 1)
  const topup = await findTransaction(store, id)
  if (topup.status === 'FAILED') throw fail('gateway_rejected')
  return topup
}

async function commitTopup(store: Store, caller: Caller, input: CreateTopup) {
  const { username, amount, paymentType, redirects, platform, idempotencyKey: key } = input
  const request = { amount, paymentType, platform: platform ?? undefined, ...redirects }
  return await inTransaction(store.db, caller, async (tx) => {
    let isNew = false
    const id = await idempotent(tx, { scope: `topup:${username}`, key, request }, async () => {
      isNew = true
      const { made } = await tx.one<{ made: bigint }>(
        sql`select open_topup(${username}, ${amount}, ${paymentType}, ${platform}) as made`,
      )
      // For the case that we do not come further than this.
      await invoiceLater(tx, store, made, redirects, 1)
      return String(made)
    })
    return { id: BigInt(id), isNew }
  })
}
