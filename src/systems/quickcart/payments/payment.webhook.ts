/**
 * The gateway's webhook (QuickCart, §7.4): verified, stored raw, answered; then a durable job asks the gateway
 * itself before any money moves. Every delivery is stored, identical ones too: an early or forged copy must not
 * shadow the real one.
 */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { parsePakasirWebhook, verifyPakasirWebhook } from '../../../gateways/pakasir/webhook.ts'
import { isDomainError } from '../../../kernel/errors.ts'
import { newId } from '../../../kernel/ids.ts'
import { formatMoney } from '../../../kernel/money.ts'
import { callerOf } from '../../../platform/access/identity.ts'
import { acceptRawBody } from '../../../platform/http/json.ts'
import { receive } from '../../../platform/inbox/inbox.ts'
import type { InboxEvent, InboxOutcome, InboxRun } from '../../../platform/inbox/process.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { fail } from '../errors.ts'
import { Accepted, refusals } from '../shop/schemas.ts'
import type { Store } from '../store.ts'
import { selectPayment } from './payment.queries.ts'
import { checkPayment, isPaid } from './settle-payment.ts'

export const PAKASIR = 'pakasir'

/** "Detail still saying pending → asked again after 5 s, 30 s, 2 min, then flagged unconfirmed." */
const ASK_AGAIN_SECONDS = [5, 30, 120]

const Query = Type.Object({ token: Type.Optional(Type.String()) }, { additionalProperties: true })

/** POST …/webhooks/pakasir?token=… ; needs a scope of its own, since it reads the body as bytes. */
export async function pakasirWebhook(scope: FastifyInstance, store: Store): Promise<void> {
  acceptRawBody(scope)
  scope.post<{ Querystring: { token?: string }; Body: Buffer | undefined }>(
    '/pakasir',
    {
      config: { access: 'public' },
      schema: {
        tags: ['Webhooks'],
        summary: 'A payment was completed',
        querystring: Query,
        response: { 200: Accepted, ...refusals('unauthenticated') },
      },
    },
    async (request, reply) => {
      const body = request.body ?? Buffer.alloc(0)
      const signature = request.headers['x-pakasir-signature']
      const genuine = verifyPakasirWebhook({
        rawBody: body,
        token: request.query.token,
        signature: signature === undefined ? undefined : String(signature),
        secret: store.config.pakasir.webhookSecret,
      })
      if (!genuine) throw fail('unauthenticated')
      parsePakasirWebhook(body)
      await inTransaction(store.db, callerOf(request), (tx) =>
        receive(tx, { source: PAKASIR, eventId: newId(), body }),
      )
      return reply.send({ ok: true })
    },
  )
}

/** Works one delivery off. */
export async function processPakasirEvent(
  store: Store,
  event: InboxEvent,
  run: InboxRun,
): Promise<InboxOutcome> {
  const webhook = parsePakasirWebhook(event.body)
  const payment = await selectPayment(store.db, webhook.orderId)
  if (!payment || webhook.project !== store.pakasir.project) return 'unmatched'
  if (webhook.amount !== payment.amount) {
    await inTransaction(store.db, run.caller, (tx) =>
      tx.run(sql`
        select notify_staff('staff_amount_mismatch', case when p.order_id is null then 'deposit' else 'order' end,
            p.invoice_id, jsonb_build_object('amount', ${formatMoney('IDR', webhook.amount)}::text))
          from payments p where p.invoice_id = ${webhook.orderId}`),
    )
    return 'unmatched'
  }
  const answer = await checkOnce(store, run, webhook.orderId)
  if (isPaid(answer) || answer === 'amount_mismatch') return 'processed'
  const pause = ASK_AGAIN_SECONDS[event.attempts - 1]
  return pause === undefined ? 'unconfirmed' : { againInSeconds: pause }
}

/** A gateway that is down is like one that still says pending: it is asked again. */
async function checkOnce(store: Store, run: InboxRun, invoice: string) {
  try {
    return await checkPayment(store, run.caller, invoice)
  } catch (error) {
    if (isDomainError(error, 'gateway_unavailable') && run.attempt <= ASK_AGAIN_SECONDS.length)
      return undefined
    throw error
  }
}
