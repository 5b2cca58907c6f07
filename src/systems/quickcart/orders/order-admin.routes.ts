import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { callerOf } from '../../../platform/access/identity.ts'
import { PageOf, pageOf, pageQuery } from '../../../platform/http/pages.ts'
import { Amount, Instant, nullable, oneOf } from '../../../platform/http/schemas.ts'
import { typed } from '../../../platform/http/server.ts'
import { listPayments } from '../payments/list-payments.ts'
import { checkPayment } from '../payments/settle-payment.ts'
import { InvoiceParams, refusals } from '../shop/schemas.ts'
import type { Store } from '../store.ts'
import { listOrders } from './list-orders.ts'
import { OrdersAnswer, OrdersQuery, toOrderAnswer } from './order.schemas.ts'
import { redeliverOrder } from './redeliver-order.ts'

const tags = ['Administration']
const Status = oneOf([
  'creating',
  'awaiting',
  'completed',
  'failed',
  'expired',
  'cancelled',
  'late_completed',
])
const PaymentsQuery = pageQuery({ status: Type.Optional(Status) })

const PaymentAnswer = Type.Object({
  invoice: Type.String(),
  status: Status,
  amount: Amount,
  fee: Amount,
  total_payment: Amount,
  last_error: nullable(Type.String()),
  expires_at: Instant,
  completed_at: nullable(Instant),
  created_at: Instant,
})

export function orderAdminRoutes(scope: FastifyInstance, store: Store): void {
  const app = typed(scope)

  app.get(
    '/admin/orders',
    {
      config: { access: { permission: 'orders.read' } },
      schema: {
        tags,
        summary: "Everybody's orders",
        querystring: OrdersQuery,
        response: { 200: OrdersAnswer },
      },
    },
    async (request) => {
      const { status } = request.query
      const page = await listOrders(store, {
        ...pageOf(request.query),
        ...(status === undefined ? {} : { status }),
      })
      return { ...page, items: page.items.map(toOrderAnswer) }
    },
  )

  app.post(
    '/admin/orders/:invoice/redeliver',
    {
      config: { access: { permission: 'orders.redeliver' } },
      schema: {
        tags,
        summary: 'Send the goods of a paid order again',
        params: InvoiceParams,
        response: {
          202: Type.Object({ invoice: Type.String() }),
          ...refusals('order_not_found', 'order_not_paid'),
        },
      },
    },
    async (request, reply) => {
      await redeliverOrder(store, callerOf(request), request.params.invoice)
      return reply.code(202).send({ invoice: request.params.invoice })
    },
  )

  app.get(
    '/admin/payments',
    {
      config: { access: { permission: 'payments.read' } },
      schema: {
        tags,
        summary: 'Payments at the gateway',
        querystring: PaymentsQuery,
        response: { 200: PageOf(PaymentAnswer) },
      },
    },
    async (request) => {
      const { status } = request.query
      const page = await listPayments(store, {
        ...pageOf(request.query),
        ...(status === undefined ? {} : { status }),
      })
      return { ...page, items: page.items.map(({ id: _, ...payment }) => payment) }
    },
  )

  app.post(
    '/admin/payments/:invoice/reconcile',
    {
      config: { access: { permission: 'payments.reconcile' } },
      schema: {
        tags,
        summary: 'Ask the gateway about a payment and book what it says',
        params: InvoiceParams,
        response: {
          200: Type.Object({
            invoice: Type.String(),
            outcome: Type.String({
              description: 'settled, already, late, amount_mismatch, pending, cancelled, expired or unknown',
            }),
          }),
          ...refusals('payment_not_found', 'gateway_unavailable'),
        },
      },
    },
    async (request) => {
      const { invoice } = request.params
      return { invoice, outcome: await checkPayment(store, callerOf(request), invoice) }
    },
  )
}
