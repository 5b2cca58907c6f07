import type { FastifyInstance } from 'fastify'
import { formatMoney, parseMoney } from '../../../kernel/money.ts'
import { callerOf, identityOf } from '../../../platform/access/identity.ts'
import { idempotencyKey } from '../../../platform/http/idempotency-key.ts'
import { pageOf } from '../../../platform/http/pages.ts'
import { typed } from '../../../platform/http/server.ts'
import { userId } from '../accounts/user-id.ts'
import { viewerOf } from '../accounts/viewer.ts'
import { checkPayment } from '../payments/settle-payment.ts'
import { limitCheck } from '../shop/limits.ts'
import { InvoiceParams, refusals } from '../shop/schemas.ts'
import type { Store } from '../store.ts'
import { cancelOrder } from './cancel-order.ts'
import { findOrder } from './find-order.ts'
import { listOrders } from './list-orders.ts'
import {
  OrderAnswer,
  OrderBody,
  OrdersAnswer,
  OrdersQuery,
  QuoteAnswer,
  QuoteBody,
  toOrderAnswer,
  toQuoteAnswer,
  VoucherAnswer,
  VoucherBody,
} from './order.schemas.ts'
import { placeOrder } from './place-order.ts'
import { quoteOrder } from './quote-order.ts'
import { validateVoucher } from './validate-voucher.ts'

const own = { access: { permission: 'orders.own' } } as const
const tags = ['Orders']
const ofVouchers = ['voucher_invalid', 'voucher_expired', 'voucher_cooldown', 'rate_limited'] as const
const ofQuotes = [
  ...ofVouchers,
  'product_not_found',
  'product_inactive',
  'out_of_stock',
  'amount_not_whole',
] as const
const ofOrders = [
  'pending_order_exists',
  'price_changed',
  'insufficient_balance',
  'amount_out_of_range',
  'gateway_fee_mismatch',
  'gateway_unavailable',
] as const

export function orderRoutes(scope: FastifyInstance, store: Store): void {
  const app = typed(scope)

  app.post(
    '/orders/quote',
    {
      config: own,
      schema: {
        tags,
        summary: 'What an order would cost',
        body: QuoteBody,
        response: { 200: QuoteAnswer, ...refusals(...ofQuotes) },
      },
    },
    async (request) => {
      const { items, payment_method: method, voucher_code: voucherCode } = request.body
      const quote = await quoteOrder(store, {
        userId: userId(identityOf(request).subject),
        items: items.map((item) => ({ productId: item.product_id, quantity: item.quantity })),
        method,
        ...(voucherCode === undefined ? {} : { voucherCode }),
      })
      return toQuoteAnswer(quote)
    },
  )

  app.post(
    '/vouchers/validate',
    {
      config: own,
      schema: {
        tags,
        summary: 'What a voucher is worth to you',
        body: VoucherBody,
        response: { 200: VoucherAnswer, ...refusals(...ofVouchers) },
      },
    },
    async (request) => {
      const user = userId(identityOf(request).subject)
      const { amount, expiresAt } = await validateVoucher(store, user, request.body.code)
      return { amount: formatMoney('IDR', amount), expires_at: expiresAt }
    },
  )

  app.post(
    '/orders',
    {
      config: { ...own, idempotencyKey: true },
      schema: {
        tags,
        summary: 'Order and pay',
        description: '202 while the gateway is still making the payment: ask again with GET.',
        body: OrderBody,
        response: { 201: OrderAnswer, 202: OrderAnswer, ...refusals(...ofQuotes, ...ofOrders) },
      },
    },
    async (request, reply) => {
      const { items, payment_method: method, voucher_code: voucherCode, expected_total: total } = request.body
      const order = await placeOrder(store, callerOf(request), {
        userId: userId(identityOf(request).subject),
        items: items.map((item) => ({ productId: item.product_id, quantity: item.quantity })),
        method,
        ...(voucherCode === undefined ? {} : { voucherCode }),
        ...(total === undefined ? {} : { expectedTotal: parseMoney('IDR', total) }),
        idempotencyKey: idempotencyKey(request),
      })
      return reply.code(order.payment?.status === 'creating' ? 202 : 201).send(toOrderAnswer(order))
    },
  )

  app.get(
    '/orders',
    {
      config: own,
      schema: { tags, summary: 'Your orders', querystring: OrdersQuery, response: { 200: OrdersAnswer } },
    },
    async (request) => {
      const { status } = request.query
      const page = await listOrders(store, {
        userId: userId(identityOf(request).subject),
        ...pageOf(request.query),
        ...(status === undefined ? {} : { status }),
      })
      return { ...page, items: page.items.map(toOrderAnswer) }
    },
  )

  app.get(
    '/orders/:invoice',
    {
      config: own,
      schema: {
        tags,
        summary: 'One order',
        params: InvoiceParams,
        response: { 200: OrderAnswer, ...refusals('order_not_found') },
      },
    },
    async (request) =>
      toOrderAnswer(await findOrder(store, request.params.invoice, viewerOf(callerOf(request)))),
  )

  app.post(
    '/orders/:invoice/check',
    {
      config: own,
      schema: {
        tags,
        summary: 'Ask the gateway whether it is paid',
        params: InvoiceParams,
        response: { 200: OrderAnswer, ...refusals('order_not_found', 'rate_limited', 'gateway_unavailable') },
      },
    },
    async (request) => {
      const { invoice } = request.params
      const viewer = viewerOf(callerOf(request))
      const order = await findOrder(store, invoice, viewer)
      await limitCheck(store, viewer.userId, invoice)
      if (order.payment) await checkPayment(store, callerOf(request), invoice)
      return toOrderAnswer(await findOrder(store, invoice, viewer))
    },
  )

  app.post(
    '/orders/:invoice/cancel',
    {
      config: own,
      schema: {
        tags,
        summary: 'Give an order up',
        params: InvoiceParams,
        response: {
          200: OrderAnswer,
          ...refusals('order_not_found', 'order_not_pending', 'order_already_paid'),
        },
      },
    },
    async (request) => toOrderAnswer(await cancelOrder(store, callerOf(request), request.params.invoice)),
  )
}
