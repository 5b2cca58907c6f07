/**
 * The gateway's callbacks (UserState, 7.2): token checked, stored raw, answered; then a durable job asks the gateway
 * itself, and only its answer counts.
 */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import {
  callbackId,
  parseInvoiceCallback,
  parsePayoutCallback,
  verifyXenditCallback,
} from '../../../gateways/xendit/callback.ts'
import { isDomainError } from '../../../kernel/errors.ts'
import { callerOf } from '../../../platform/access/identity.ts'
import { acceptRawBody } from '../../../platform/http/json.ts'
import { receive } from '../../../platform/inbox/inbox.ts'
import type { InboxEvent, InboxOutcome, InboxRun } from '../../../platform/inbox/process.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { fail } from '../errors.ts'
import { refusals } from '../house/schemas.ts'
import { checkPayout } from '../payouts/check-payout.ts'
import { findPayoutOf, statusOf } from '../payouts/payout.queries.ts'
import type { PayoutStatus } from '../payouts/payout-view.ts'
import type { Store } from '../store.ts'
import { type Checked, checkInvoice } from './check-invoice.ts'
import { findBilled } from './invoice.queries.ts'

export const XENDIT_INVOICES = 'xendit.invoices'
export const XENDIT_PAYOUTS = 'xendit.payouts'

/**
 * The gateway may tell others before itself: it is asked again, then left to people. Of an end that it told once, no poll
 * would ask any more.
 */
const ASK_AGAIN_SECONDS = [5, 30, 120]

/** POST …/webhooks/xendit/invoices and …/payouts; needs a scope of its own, since it reads bodies as bytes. */
export async function xenditWebhooks(scope: FastifyInstance, store: Store): Promise<void> {
  acceptRawBody(scope)
  const accept = (path: string, source: string, summary: string, parse: (body: Buffer) => unknown) =>
    scope.post<{ Body: Buffer | undefined }>(
      path,
      {
        config: { access: 'public' },
        schema: {
          tags: ['Webhooks'],
          summary,
          response: {
            200: Type.Object({ received: Type.Boolean() }),
            ...refusals('webhook_token_invalid', 'webhook_malformed'),
          },
        },
      },
      async (request) => {
        const { headers, body = Buffer.alloc(0) } = request
        if (!verifyXenditCallback(headers['x-callback-token'], store.gateway.callbackToken)) {
          throw fail('webhook_token_invalid')
        }
        if (parse(body) === undefined) throw fail('webhook_malformed')
        const eventId = callbackId(headers['webhook-id'], body)
        await inTransaction(store.db, callerOf(request), (tx) => receive(tx, { source, eventId, body }))
        return { received: true }
      },
    )
  accept('/invoices', XENDIT_INVOICES, 'An invoice was paid or has expired', parseInvoiceCallback)
  accept('/payouts', XENDIT_PAYOUTS, 'A payout has ended', parsePayoutCallback)
}

/** Works one callback about an invoice off. */
export async function processInvoiceCallback(
  store: Store,
  event: InboxEvent,
  run: InboxRun,
): Promise<InboxOutcome> {
  const callback = parseInvoiceCallback(event.body)
  const billed = callback && (await findBilled(store.db, callback.id, callback.externalId))
  if (!billed) return 'unmatched'
  const isPaid = callback.status === 'PAID' || callback.status === 'SETTLED'
  const isSaid = (checked: Checked) =>
    checked !== 'pending' && checked !== 'unknown' && !(isPaid && checked === 'expired')
  return await patiently(run, event, async () => {
    const checked = await checkInvoice(store, run.caller, billed, callback.id, async (tx, found) => {
      if (isSaid(found)) await run.finish(tx)
    })
    if (checked === 'currency_mismatch')
      store.log.error({ id: String(billed.id) }, 'money in another currency')
    return isSaid(checked) ? 'processed' : undefined
  })
}

/** Works one callback about a payout off. */
export async function processPayoutCallback(
  store: Store,
  event: InboxEvent,
  run: InboxRun,
): Promise<InboxOutcome> {
  const callback = parsePayoutCallback(event.body)
  const payout = callback && (await findPayoutOf(store.db, callback.id, callback.referenceId))
  if (!payout) return 'unmatched'
  return await patiently(run, event, async () => {
    let isSaid = false
    await checkPayout(store, run.caller, payout, {
      xenditPayout: callback.id,
      finish: async (tx) => {
        isSaid = hasCome(callback.status, await statusOf(tx, payout.id))
        if (isSaid) await run.finish(tx)
      },
    })
    return isSaid ? 'processed' : undefined
  })
}

/** Whether a payout is at the end of which a callback tells, or beyond it. What tells of no end is a mere hint. */
function hasCome(told: string, status: PayoutStatus): boolean {
  if (told === 'SUCCEEDED') return status === 'SUCCEEDED' || status === 'REVERSED'
  if (told === 'COMPLIANCE_REJECTED' || told === 'EXPIRED') return status === 'FAILED'
  return told === status || !['FAILED', 'CANCELLED', 'REVERSED'].includes(told)
}

/** Undefined from `look`: the gateway does not say so (yet). */
async function patiently(
  run: InboxRun,
  event: InboxEvent,
  look: () => Promise<'processed' | undefined>,
): Promise<InboxOutcome> {
  const pause = ASK_AGAIN_SECONDS[event.attempts - 1]
  try {
    const outcome = await look()
    if (outcome) return outcome
  } catch (error) {
    if (!isDomainError(error, 'gateway_unavailable') || pause === undefined) throw error
    run.log.warn({ inboxId: String(event.id) }, 'the gateway cannot be asked; the callback waits')
  }
  return pause === undefined ? 'unconfirmed' : { againInSeconds: pause }
}
