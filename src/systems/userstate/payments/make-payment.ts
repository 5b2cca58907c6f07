import type { Caller } from '../../../kernel/caller.ts'
import { idempotent } from '../../../platform/idempotency/idempotent.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { fail } from '../errors.ts'
import { createInvoice } from '../gateway/create-invoice.ts'
import { invoiceLater } from '../gateway/gateway-jobs.ts'
import type { Store } from '../store.ts'
import { findTransaction } from '../transactions/list-transactions.ts'
import type { TransactionView } from '../transactions/transaction-view.ts'

/** Rupiah are numbers of whole ones; `amount` is the gross price: charges are parts of it, a voucher is taken off it. */
export interface MakePayment {
  readonly username: string
  readonly payee: string
  readonly method: 'WALLET' | 'XENDIT'
  readonly amount: number
  readonly freightCharge: number | null
  readonly insuranceAmount: number | null
  /** The platform's part of the payee's share. */
  readonly commission: number | null
  readonly invoiceOnmarket: string | null
  readonly onbookingCode: string | null
  readonly description: string | null
  /** `automatic`: the payee has it at once; by the gateway it always has once it is paid. */
  readonly capture: 'manual' | 'automatic'
  readonly holdMinutes: number | null
  readonly platform: string | null
  readonly voucherCode: string | null
  /** Who asks: keys of two askers never meet. */
  readonly asker: string
  readonly idempotencyKey: string
}

/**
 * Pays a service (UserState, U13): from the wallet the money is held until the payee takes it, by the gateway an invoice is
 * made as for a top-up. What a voucher takes off, the platform adds.
 * @throws insufficient_funds, payee_unknown, amount_out_of_range, account_disabled, gateway_rejected, voucher_unknown,
 *   voucher_inactive, voucher_exhausted, voucher_already_used, voucher_min_amount, voucher_wrong_kind,
 *   idempotency_conflict, idempotency_in_flight
 */
export async function makePayment(
  store: Store,
  caller: Caller,
  input: MakePayment,
): Promise<TransactionView> {
  const { id, isNew } = await commitPayment(store, caller, input)
  // The request that made it may still be at it: then the gateway is asked first.
  if (input.method === 'XENDIT') await createInvoice(store, caller, id, {}, isNew ? 0 : 1)
  const payment = await findTransaction(store, id)
  if (input.method === 'XENDIT' && payment.status === 'FAILED') throw fail('gateway_rejected')
  return payment
}

async function commitPayment(store: Store, caller: Caller, input: MakePayment) {
  const { asker, idempotencyKey: key, voucherCode, ...rest } = input
  // What may be left out is left out of the comparison too: keys outlive an update that brings a new field.
  const request = voucherCode === null ? rest : { ...rest, voucherCode }
  return await inTransaction(store.db, caller, async (tx) => {
    let isNew = false
    const id = await idempotent(tx, { scope: `payment:${asker}`, key, request }, async () => {
      isNew = true
      const { made } = await tx.one<{ made: bigint }>(sql`
        select open_payment(${input.username}, ${input.payee}, ${input.method}, ${input.amount},
          ${input.freightCharge}, ${input.insuranceAmount}, ${input.commission}, ${input.invoiceOnmarket},
          ${input.onbookingCode}, ${input.description}, ${input.holdMinutes}, ${input.platform},
          ${input.capture === 'automatic'}, ${input.voucherCode}) as made`)
      if (input.method === 'XENDIT') await invoiceLater(tx, store, made, {}, 1)
      return String(made)
    })
    return { id: BigInt(id), isNew }
  })
}
