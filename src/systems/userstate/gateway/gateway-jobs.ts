/** The durable jobs of invoices at the gateway: what they are called, what they carry. */
import { Type } from 'typebox'
import { defineJob, enqueue } from '../../../platform/jobs/job.ts'
import type { Tx } from '../../../postgres/transaction.ts'
import type { Store } from '../store.ts'

/** Where the payer is led back to; kept with the job alone. */
export interface Redirects {
  readonly success?: string | undefined
  readonly failure?: string | undefined
}

/** `attempt`: how many were made before this one. */
export const invoiceCreate = defineJob(
  'gateway.create_invoice',
  Type.Object({
    id: Type.String(),
    attempt: Type.Integer(),
    success: Type.Optional(Type.String()),
    failure: Type.Optional(Type.String()),
  }),
)

/** The request that made the transaction asks first; the job is for when it did not come that far. */
const FIRST_MS = 15_000
const LONGEST_MS = 5 * 60_000

export async function invoiceLater(
  tx: Tx,
  store: Store,
  id: bigint,
  { success, failure }: Redirects,
  attempt: number,
): Promise<void> {
  const pause = Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempt - 1))
  const payload = {
    id: String(id),
    attempt,
    ...(success === undefined ? {} : { success }),
    ...(failure === undefined ? {} : { failure }),
  }
  const runAt = new Date(store.clock.now().getTime() + pause)
  await enqueue(tx, invoiceCreate, payload, { key: `invoice:${id}`, runAt })
}
