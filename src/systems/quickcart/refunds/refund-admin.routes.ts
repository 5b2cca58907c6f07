import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { callerOf, identityOf } from '../../../platform/access/identity.ts'
import { idempotencyKey } from '../../../platform/http/idempotency-key.ts'
import { PageOf, pageOf, pageQuery } from '../../../platform/http/pages.ts'
import { nullable, strictObject } from '../../../platform/http/schemas.ts'
import { typed } from '../../../platform/http/server.ts'
import { userId } from '../accounts/user-id.ts'
import { InvoiceParams, refusals } from '../shop/schemas.ts'
import type { Store } from '../store.ts'
import { approveRefund, rejectRefund } from './decide-refund.ts'
import { listRefunds } from './list-refunds.ts'
import { recordClaim } from './record-claim.ts'
import { RefundAnswer, RefundStatusWord, toRefundAnswer } from './refund.routes.ts'

const tags = ['Administration']
const access = { permission: 'refunds.manage' } as const
const RefundParams = strictObject({ id: Type.String({ pattern: '^[1-9][0-9]{0,17}$' }) })
const Text = Type.String({ minLength: 1, maxLength: 1000, pattern: '\\S' })

export function refundAdminRoutes(scope: FastifyInstance, store: Store): void {
  const app = typed(scope)

  app.get(
    '/admin/refunds',
    {
      config: { access },
      schema: {
        tags,
        summary: 'Refunds that were asked for',
        querystring: pageQuery({ status: Type.Optional(RefundStatusWord) }),
        response: { 200: PageOf(RefundAnswer) },
      },
    },
    async (request) => {
      const { status } = request.query
      const page = await listRefunds(store, {
        ...pageOf(request.query),
        ...(status === undefined ? {} : { status }),
      })
      return { ...page, items: page.items.map(toRefundAnswer) }
    },
  )

  app.post(
    '/admin/refunds/:id/approve',
    {
      config: { access, idempotencyKey: true },
      schema: {
        tags,
        summary: 'Credit a refund to the balance',
        params: RefundParams,
        response: { 200: RefundAnswer, ...refusals('not_found', 'refund_decided') },
      },
    },
    async (request) =>
      toRefundAnswer(
        await approveRefund(store, callerOf(request), {
          refundId: BigInt(request.params.id),
          admin: userId(identityOf(request).subject),
          idempotencyKey: idempotencyKey(request),
        }),
      ),
  )

  app.post(
    '/admin/refunds/:id/reject',
    {
      config: { access },
      schema: {
        tags,
        summary: 'Refuse a refund, with the reason that the customer is told',
        params: RefundParams,
        body: strictObject({ reason: Text }),
        response: { 200: RefundAnswer, ...refusals('not_found', 'refund_decided', 'message_too_long') },
      },
    },
    async (request) =>
      toRefundAnswer(
        await rejectRefund(store, callerOf(request), {
          refundId: BigInt(request.params.id),
          admin: userId(identityOf(request).subject),
          reason: request.body.reason,
        }),
      ),
  )

  app.post(
    '/admin/orders/:invoice/claims',
    {
      config: { access },
      schema: {
        tags,
        summary: 'Record a warranty claim on one unit of a paid order',
        params: InvoiceParams,
        body: strictObject({
          item: Type.Integer({ minimum: 1, maximum: 100 }),
          note: Type.Optional(nullable(Text)),
        }),
        response: {
          201: Type.Object({ id: Type.String(), invoice: Type.String() }),
          ...refusals('order_not_found', 'order_not_paid'),
        },
      },
    },
    async (request, reply) => {
      const { invoice } = request.params
      const { item, note = null } = request.body
      const admin = userId(identityOf(request).subject)
      const id = await recordClaim(store, callerOf(request), { admin, invoice, item, note })
      return reply.code(201).send({ id: String(id), invoice })
    },
  )
}
