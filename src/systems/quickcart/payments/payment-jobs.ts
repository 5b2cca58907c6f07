/** The durable jobs of a payment: what they are called, what they carry. Their work is in payment.jobs.ts. */
import { Type } from 'typebox'
import { defineJob, enqueue } from '../../../platform/jobs/job.ts'
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

/** Looks again in two minutes whether the money came without a webhook. */
export async function pollWhileOpen(tx: Tx, store: Store, invoice: string): Promise<void> {
  await enqueue(tx, paymentPoll, { invoice }, { key: `poll:${invoice}`, runAt: after(store, OPEN_POLL_MS) })
}

/** Looks a few more times for money that came after all; nothing after the last. */
export async function pollAfterClose(tx: Tx, store: Store, invoice: string, step = 0): Promise<void> {
  const pause = CLOSED_POLLS_MS[step]
  if (pause === undefined) return
  const options = { key: `poll:${invoice}`, runAt: after(store, pause) }
  await enqueue(tx, paymentPoll, { invoice, step }, options)
}

export function after(store: Store, ms: number): Date {
  return new Date(store.clock.now().getTime() + ms)
}
