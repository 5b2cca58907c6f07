import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { callerOf, identityOf } from '../../../platform/access/identity.ts'
import { idempotencyKey } from '../../../platform/http/idempotency-key.ts'
import { oneOf, strictObject } from '../../../platform/http/schemas.ts'
import { typed } from '../../../platform/http/server.ts'
import { invalidFields } from '../../../platform/http/validation.ts'
import { cancelBilled, findBilledOf } from '../gateway/cancel-billed.ts'
import { refusals } from '../house/schemas.ts'
import type { Store } from '../store.ts'
import { Platform } from '../topups/topup.routes.ts'
import { TransactionParams } from '../transactions/transaction.routes.ts'
import { TransactionAnswer, toTransactionAnswer } from '../transactions/transaction-view.ts'
import { VoucherCode } from '../vouchers/voucher.routes.ts'
import { RupiahInput, readRupiah } from '../wallet/amounts.ts'
import { makePayment } from './make-payment.ts'
import { capturePayment, refundPayment, releasePayment } from './settle-payment.ts'
import { findPayment, holderOf } from './settler.ts'

const Part = Type.String({ pattern: '^[0-9]{1,10}$', examples: ['0'] })
const Text = Type.String({ minLength: 1, maxLength: 255 })

const PaymentBody = strictObject({
  method: Type.Optional(oneOf(['WALLET', 'XENDIT'])),
  payee: Text,
  amount: RupiahInput,
  freight_charge: Type.Optional(Part),
  insurance_amount: Type.Optional(Part),
  commission_onmarket: Type.Optional(Part),
  invoice_onmarket: Type.Optional(Text),
  onbooking_code: Type.Optional(Text),
  description: Type.Optional(Text),
  capture: Type.Optional(oneOf(['manual', 'automatic'])),
  hold_minutes: Type.Optional(Type.Integer({ minimum: 1, maximum: 525_600 })),
  voucher_code: Type.Optional(VoucherCode),
  username: Type.Optional(
    Type.String({ minLength: 1, maxLength: 255, description: 'For services: who pays' }),
  ),
  platform: Type.Optional(Platform),
})
const ReasonBody = strictObject({ reason: Type.Optional(Text) })
const RefundBody = strictObject({ amount: Type.Optional(RupiahInput), reason: Text })

export function paymentRoutes(scope: FastifyInstance, store: Store): void {
  makeRoutes(scope, store)
  settleRoutes(scope, store)
}

const tags = ['Payments']

function makeRoutes(scope: FastifyInstance, store: Store): void {
  const app = typed(scope)
  app.post(
    '/payments',
    {
      config: { access: { permission: 'payments.make' }, idempotencyKey: true },
      schema: {
        tags,
        summary: 'Pay a service',
        description:
          'From the wallet it is held until the payee takes it; `automatic` takes it at once. A voucher is taken off.',
        body: PaymentBody,
        response: {
          201: TransactionAnswer,
          ...refusals(
            'insufficient_funds',
            'payee_unknown',
            'amount_out_of_range',
            'account_disabled',
            'gateway_rejected',
            'voucher_unknown',
            'voucher_inactive',
            'voucher_exhausted',
            'voucher_already_used',
            'voucher_min_amount',
            'voucher_wrong_kind',
            'idempotency_key_reused',
            'idempotency_in_progress',
          ),
        },
      },
    },
    async (request, reply) => {
      const { body } = request
      const payment = await makePayment(store, callerOf(request), {
        ...whoPays(request, body),
        payee: body.payee,
        method: body.method ?? 'WALLET',
        amount: readRupiah(body.amount),
        freightCharge: part('freight_charge', body.freight_charge),
        insuranceAmount: part('insurance_amount', body.insurance_amount),
        commission: part('commission_onmarket', body.commission_onmarket),
        invoiceOnmarket: body.invoice_onmarket ?? null,
        onbookingCode: body.onbooking_code ?? null,
        description: body.description ?? null,
        capture: body.capture ?? 'manual',
        holdMinutes: body.hold_minutes ?? null,
        platform: body.platform ?? null,
        voucherCode: body.voucher_code ?? null,
        idempotencyKey: idempotencyKey(request),
      })
      return reply.code(201).send(toTransactionAnswer(payment))
    },
  )

  app.get(
    '/payments/:id',
    {
      config: { access: { permission: 'payments.read' } },
      schema: {
        tags,
        summary: 'One payment',
        params: TransactionParams,
        response: { 200: TransactionAnswer, ...refusals('not_found') },
      },
    },
    async (request) =>
      toTransactionAnswer(await findPayment(store.db, identityOf(request), BigInt(request.params.id))),
  )

  app.post(
    '/payments/:id/cancel',
    {
      config: { access: { permission: 'payments.own' }, idempotencyKey: true },
      schema: {
        tags,
        summary: 'Give up a payment that you have not made at the gateway',
        description: 'Its voucher is free again. What is held in a wallet is released by the service.',
        params: TransactionParams,
        response: {
          200: TransactionAnswer,
          ...refusals('not_found', 'already_paid', 'payment_not_pending', 'gateway_unavailable'),
        },
      },
    },
    async (request) => {
      const { subject } = identityOf(request)
      const payment = await findBilledOf(store, 'PAYMENT', BigInt(request.params.id), subject)
      return toTransactionAnswer(await cancelBilled(store, callerOf(request), payment))
    },
  )
}

function settleRoutes(scope: FastifyInstance, store: Store): void {
  const app = typed(scope)
  const settles = { access: { permission: 'payments.settle' }, idempotencyKey: true } as const
  const keys = ['idempotency_key_reused', 'idempotency_in_progress'] as const
  const asked = (request: FastifyRequest, id: number) => ({
    identity: identityOf(request),
    id: BigInt(id),
    idempotencyKey: idempotencyKey(request),
  })

  app.post(
    '/payments/:id/capture',
    {
      config: settles,
      schema: {
        tags,
        summary: 'Take a payment that is held for you',
        params: TransactionParams,
        response: {
          200: TransactionAnswer,
          ...refusals('not_found', 'payment_not_pending', 'payment_expired', ...keys),
        },
      },
    },
    async (request) => {
      const input = asked(request, request.params.id)
      return toTransactionAnswer(await capturePayment(store, callerOf(request), input))
    },
  )

  app.post(
    '/payments/:id/release',
    {
      config: settles,
      schema: {
        tags,
        summary: 'Give back what is held',
        params: TransactionParams,
        body: ReasonBody,
        response: {
          200: TransactionAnswer,
          ...refusals('not_found', 'payment_not_pending', 'already_paid', 'gateway_unavailable', ...keys),
        },
      },
    },
    async (request) => {
      const { reason = null } = request.body
      const input = { ...asked(request, request.params.id), reason }
      return toTransactionAnswer(await releasePayment(store, callerOf(request), input))
    },
  )

  app.post(
    '/payments/:id/refund',
    {
      config: settles,
      schema: {
        tags,
        summary: 'Give back what was taken, all or part of it',
        params: TransactionParams,
        body: RefundBody,
        response: {
          201: TransactionAnswer,
          ...refusals(
            'not_found',
            'payment_not_pending',
            'refund_exceeds_payment',
            'payee_funds_insufficient',
            'wallet_limit_exceeded',
            ...keys,
          ),
        },
      },
    },
    async (request, reply) => {
      const { amount, reason } = request.body
      const input = asked(request, request.params.id)
      const refund = await refundPayment(store, callerOf(request), {
        ...input,
        amount: amount === undefined ? null : readRupiah(amount),
        reason,
      })
      return reply.code(201).send(toTransactionAnswer(refund))
    },
  )
}

/** People pay for themselves; a service says who pays, and alone may ask for a commission. */
function whoPays(
  request: FastifyRequest,
  body: { readonly username?: string; readonly commission_onmarket?: string },
): { username: string; asker: string } {
  const identity = identityOf(request)
  const { subject } = identity
  const asker = `${identity.kind}:${subject}`
  const isService = holderOf(identity) !== undefined
  if (isService && body.username === undefined) {
    throw invalidFields([{ field: 'username', reason: 'is required' }])
  }
  if (isService) return { username: body.username ?? '', asker }
  const foreign = body.username === undefined ? undefined : 'username'
  const field = body.commission_onmarket === undefined ? foreign : 'commission_onmarket'
  if (field !== undefined) throw invalidFields([{ field, reason: 'is for services' }])
  return { username: subject, asker }
}

function part(field: string, text: string | undefined): number | null {
  return text === undefined ? null : readRupiah(text, field)
}
