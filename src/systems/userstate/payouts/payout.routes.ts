import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { decodeCursor, toPage } from '../../../kernel/cursor.ts'
import { callerOf, identityOf } from '../../../platform/access/identity.ts'
import { idempotencyKey } from '../../../platform/http/idempotency-key.ts'
import { limitOf, PageOf, pageQuery } from '../../../platform/http/pages.ts'
import { oneOf, strictObject } from '../../../platform/http/schemas.ts'
import { typed } from '../../../platform/http/server.ts'
import { recordLook } from '../house/record-look.ts'
import { refusals } from '../house/schemas.ts'
import type { Store } from '../store.ts'
import { Platform } from '../topups/topup.routes.ts'
import { TransactionParams } from '../transactions/transaction.routes.ts'
import { RupiahInput, readRupiah } from '../wallet/amounts.ts'
import { cancelPayout, findPayout } from './cancel-payout.ts'
import { type PayoutFilter, selectPayouts } from './payout.queries.ts'
import { PAYOUT_STATUSES, PayoutAnswer, toPayoutAnswer } from './payout-view.ts'
import { requestPayout } from './request-payout.ts'
import { retryPayout } from './retry-payout.ts'

const PayoutBody = strictObject({
  bank_account_id: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }),
  amount: RupiahInput,
  otp: Type.Optional(Type.String({ pattern: '^[0-9]{6}$' })),
  platform: Type.Optional(Platform),
})
const Filters = pageQuery({ status: Type.Optional(oneOf(PAYOUT_STATUSES)) })

export function payoutRoutes(scope: FastifyInstance, store: Store): void {
  const app = typed(scope)
  const own = { access: { permission: 'payouts.own' } } as const
  const tags = ['Payouts']

  app.post(
    '/payouts',
    {
      config: { ...own, idempotencyKey: true },
      schema: {
        tags,
        summary: 'Send money to a bank account',
        body: PayoutBody,
        response: {
          201: PayoutAnswer,
          ...refusals(
            'insufficient_funds',
            'email_not_verified',
            'otp_required',
            'otp_invalid',
            'otp_expired',
            'otp_locked',
            'bank_account_unusable',
            'amount_out_of_range',
            'payout_daily_limit',
            'account_disabled',
            'idempotency_key_reused',
            'idempotency_in_progress',
          ),
        },
      },
    },
    async (request, reply) => {
      const { bank_account_id: bankAccountId, amount, otp, platform = null } = request.body
      const whose = { username: identityOf(request).subject, idempotencyKey: idempotencyKey(request) }
      const input = { ...whose, bankAccountId, amount: readRupiah(amount), platform, otp }
      return reply.code(201).send(toPayoutAnswer(await requestPayout(store, callerOf(request), input)))
    },
  )

  app.get(
    '/payouts',
    {
      config: own,
      schema: {
        tags,
        summary: 'Your payouts',
        querystring: Filters,
        response: { 200: PageOf(PayoutAnswer) },
      },
    },
    async (request) => await list(store, request.query, { username: identityOf(request).subject }),
  )

  app.get(
    '/payouts/:id',
    {
      config: own,
      schema: {
        tags,
        summary: 'One payout',
        params: TransactionParams,
        response: { 200: PayoutAnswer, ...refusals('not_found') },
      },
    },
    async (request) =>
      toPayoutAnswer(await findPayout(store, BigInt(request.params.id), identityOf(request).subject)),
  )

  app.post(
    '/payouts/:id/cancel',
    {
      config: { ...own, idempotencyKey: true },
      schema: {
        tags,
        summary: 'Take a payout back while it has not left',
        params: TransactionParams,
        response: {
          200: PayoutAnswer,
          ...refusals('not_found', 'payout_not_cancellable', 'gateway_unavailable'),
        },
      },
    },
    async (request) => {
      const { subject } = identityOf(request)
      return toPayoutAnswer(await cancelPayout(store, callerOf(request), BigInt(request.params.id), subject))
    },
  )

  app.get(
    '/admin/payouts',
    {
      config: { access: { permission: 'admin.money' } },
      schema: {
        tags: ['Administration'],
        summary: 'Payouts; the look is on record',
        querystring: Filters,
        response: { 200: PageOf(PayoutAnswer) },
      },
    },
    async (request) => {
      await recordLook(store, callerOf(request), 'payout', request.query)
      return await list(store, request.query, {})
    },
  )

  app.post(
    '/admin/payouts/:id/retry',
    {
      config: { access: { permission: 'admin.money' } },
      schema: {
        tags: ['Administration'],
        summary: 'Send it now, or ask what became of it',
        params: TransactionParams,
        response: { 202: PayoutAnswer, ...refusals('not_found', 'payout_closed', 'gateway_unavailable') },
      },
    },
    async (request, reply) => {
      const payout = await retryPayout(store, callerOf(request), BigInt(request.params.id))
      return reply.code(202).send(toPayoutAnswer(payout))
    },
  )
}

async function list(
  { db }: Store,
  query: { readonly status?: PayoutFilter['status']; readonly limit?: number; readonly cursor?: string },
  whose: { readonly username?: string },
) {
  const limit = limitOf(query)
  const [beforeId] =
    query.cursor === undefined ? [undefined] : decodeCursor(query.cursor, ['number'] as const)
  const filter = { ...whose, ...(query.status === undefined ? {} : { status: query.status }), beforeId }
  const page = toPage(
    await selectPayouts(db, filter, limit + 1),
    limit,
    ({ id }) => [Number(id)],
    (row) => row,
  )
  return { ...page, items: page.items.map(toPayoutAnswer) }
}
