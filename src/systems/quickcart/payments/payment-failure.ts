import type { DomainError } from '../../../kernel/errors.ts'
import { sql } from '../../../postgres/sql.ts'
import { fail } from '../errors.ts'
import type { Store } from '../store.ts'

/** Why the gateway made no payment, as whoever asked for it is told; also when the same request comes again. */
export async function paymentFailure(store: Store, invoice: string): Promise<DomainError> {
  const { last_error } = await store.db.one<{ last_error: string | null }>(
    sql`select last_error from payments where invoice_id = ${invoice}`,
  )
  const code = last_error === 'gateway_fee_mismatch' ? last_error : 'gateway_unavailable'
  return fail(code, { invoice })
}
