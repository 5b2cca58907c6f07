import type { FastifyInstance } from 'fastify'
import { type Static, Type } from 'typebox'
import { formatMoney } from '../../../kernel/money.ts'
import { callerOf, identityOf } from '../../../platform/access/identity.ts'
import { idempotencyKey } from '../../../platform/http/idempotency-key.ts'
import { Amount, Instant, nullable, oneOf } from '../../../platform/http/schemas.ts'
import { typed } from '../../../platform/http/server.ts'
import { userId } from '../accounts/user-id.ts'
import { Invoice, InvoiceParams, refusals } from '../shop/schemas.ts'
import type { Store } from '../store.ts'
import { quoteRefund } from './quote-refund.ts'
import type { RefundQuote, RefundView } from './refund-view.ts'
import { requestRefund } from './request-refund.ts'

const tags = ['Refunds']
const own = { access: { permission: 'orders.own' } } as const

const quote = {
  invoice: Invoice,
  base_amount: Amount,
  days_used: Type.Integer(),
  claims: Type.Integer(),
  multiplier: Type.String({ examples: ['0.80'] }),
  amount: Amount,
}

const QuoteAnswer = Type.Object(quote)

export const RefundStatusWord = oneOf(['requested', 'paid', 'rejected'])

export const RefundAnswer = Type.Object({
  ...quote,
  id: Type.String(),
  user_id: Type.String(),
  status: RefundStatusWord,
  reason: nullable(Type.String()),
  created_at: Instant,
})

const ofRefunds = ['order_not_found', 'refund_exists', 'refund_not_eligible'] as const

export function refundRoutes(scope: FastifyInstance, store: Store): void {
  const app = typed(scope)

  app.get(
    '/orders/:invoice/refund-quote',
    {
      config: own,
      schema: {
        tags,
        summary: 'What you would get back for a paid order',
        params: InvoiceParams,
        response: { 200: QuoteAnswer, ...refusals(...ofRefunds) },
      },
    },
    async (request) =>
      toQuoteAnswer(await quoteRefund(store, userId(identityOf(request).subject), request.params.invoice)),
  )

  app.post(
    '/orders/:invoice/refund',
    {
      config: { ...own, idempotencyKey: true },
      schema: {
        tags,
        summary: 'Ask for it; an admin decides',
        params: InvoiceParams,
        response: { 201: RefundAnswer, ...refusals(...ofRefunds) },
      },
    },
    async (request, reply) => {
      const refund = await requestRefund(store, callerOf(request), {
        userId: userId(identityOf(request).subject),
        invoice: request.params.invoice,
        idempotencyKey: idempotencyKey(request),
      })
      return reply.code(201).send(toRefundAnswer(refund))
    },
  )
}

function toQuoteAnswer({
  invoice,
  base,
  daysUsed,
  claims,
  multiplier,
  amount,
}: RefundQuote): Static<typeof QuoteAnswer> {
  return {
    invoice,
    base_amount: formatMoney('IDR', base),
    days_used: daysUsed,
    claims,
    multiplier,
    amount: formatMoney('IDR', amount),
  }
}

export function toRefundAnswer(refund: RefundView): Static<typeof RefundAnswer> {
  return {
    ...toQuoteAnswer(refund),
    id: String(refund.id),
    user_id: String(refund.userId),
    status: refund.status,
    reason: refund.reason,
    created_at: refund.createdAt,
  }
}
