/** The durable jobs of a payment: what they are called, what they carry. Their work is in payment.jobs.ts. */
import { Type } from 'typebox'
import { defineJob, enqueue } from '../../../platform/jobs/job.ts'
import { sql } from '../../../postgres/sql.ts'
import type { Tx } from '../../../postgres/transaction.ts'
import type { Store } from '../store.ts'

/** `attempt`: how many were made before this one. The SQL that opens a payment enqueues the first of each. */
const Attempt = Type.Object({ invoice: Type.String(), attempt: Type.Optional(Type.Integer()) })

export const gatewayCreate = defineJob('quickcart.gateway_create', Attempt)
export const paymentExpire = defineJob('quickcart.payment_expire', Attempt)
/** `step`: which look after the payment was closed, from 0; absent while it is open. */
export const paymentPoll = defineJob(
  'quickcart.payment_poll',
  Type.Object({ invoice: Type.String(), step: Type.Optional(Type.Integer()) }),
)

/** QuickCart, §8: "awaiting: every 2 min; after expired/cancelled/failed: +15 min, +1 h, +24 h". */
const OPEN_POLL_MS = 2 * 60_000
const CLOSED_POLLS_MS = [15 * 60_000, 60 * 60_000, 24 * 60 * 60_000]
/** The last look must end with an answer: a gateway that gives none is asked every hour for a day more. */
const UNANSWERED_POLLS = 24
const UNANSWERED_POLL_MS = 60 * 60_000

/** Looks again in two minutes whether the money came without a webhook. */
export async function pollWhileOpen(tx: Tx, store: Store, invoice: string): Promise<void> {
  await enqueue(tx, paymentPoll, { invoice }, { key: `poll:${invoice}`, runAt: after(store, OPEN_POLL_MS) })
}

/**
 * Looks a few more times for money that came after all. `answered`: whether the look before this step got an answer;
 * after the last one that is the end of it, and where there was none for too long people are asked to look.
 */
export async function pollAfterClose(
  tx: Tx,
  store: Store,
  invoice: string,
  { step, answered }: { readonly step: number; readonly answered: boolean } = { step: 0, answered: false },
): Promise<void> {
  const planned = CLOSED_POLLS_MS[step]
  if (planned === undefined && answered) return
  if (step >= CLOSED_POLLS_MS.length + UNANSWERED_POLLS) return await askPeople(tx, invoice)
  const runAt = after(store, planned ?? UNANSWERED_POLL_MS)
  await enqueue(tx, paymentPoll, { invoice, step }, { key: `poll:${invoice}`, runAt })
}

async function askPeople(tx: Tx, invoice: string): Promise<void> {
  await tx.run(sql`
    select notify_staff('staff_payment_unanswered', case when p.order_id is null then 'deposit' else 'order' end,
        p.invoice_id)
      from payments p where p.invoice_id = ${invoice}`)
}

export function after(store: Store, ms: number): Date {
  return new Date(store.clock.now().getTime() + ms)
}
