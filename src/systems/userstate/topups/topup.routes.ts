import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { callerOf, identityOf } from '../../../platform/access/identity.ts'
import { idempotencyKey } from '../../../platform/http/idempotency-key.ts'
import { oneOf, strictObject } from '../../../platform/http/schemas.ts'
import { typed } from '../../../platform/http/server.ts'
import { invalidFields } from '../../../platform/http/validation.ts'
import { cancelBilled, findBilledOf } from '../gateway/cancel-billed.ts'
import { refusals } from '../house/schemas.ts'
import type { Store } from '../store.ts'
import { TransactionParams } from '../transactions/transaction.routes.ts'
import { TransactionAnswer, toTransactionAnswer } from '../transactions/transaction-view.ts'
import { RupiahInput, readRupiah } from '../wallet/amounts.ts'
import { createTopup } from './create-topup.ts'
import { syncTopup } from './sync-topup.ts'

export const Platform = oneOf(['web', 'android', 'ios', 'api'])
const Address = Type.String({ maxLength: 255, description: 'https, at a host that is allowed' })

const TopupBody = strictObject({
  amount: RupiahInput,
  payment_type: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
  success_redirect_url: Type.Optional(Address),
  failure_redirect_url: Type.Optional(Address),
  platform: Type.Optional(Platform),
})

export function topupRoutes(scope: FastifyInstance, store: Store): void {
  const app = typed(scope)
  const own = { access: { permission: 'topups.own' } } as const
  const tags = ['Top-ups']

  app.post(
    '/topups',
    {
      config: { ...own, idempotencyKey: true },
      schema: {
        tags,
        summary: 'Put money into your wallet',
        description: '202 without an address while the gateway is still making the invoice.',
        body: TopupBody,
        response: {
          201: TransactionAnswer,
          202: TransactionAnswer,
          ...refusals(
            'amount_out_of_range',
            'wallet_limit_exceeded',
            'payment_type_inactive',
            'gateway_rejected',
            'idempotency_key_reused',
            'idempotency_in_progress',
          ),
        },
      },
    },
    async (request, reply) => {
      const { amount, payment_type: paymentType = null, platform = null } = request.body
      const { success_redirect_url: success, failure_redirect_url: failure } = request.body
      const topup = await createTopup(store, callerOf(request), {
        username: identityOf(request).subject,
        amount: readRupiah(amount),
        paymentType,
        redirects: {
          success: allowed(store, 'success_redirect_url', success),
          failure: allowed(store, 'failure_redirect_url', failure),
        },
        platform,
        idempotencyKey: idempotencyKey(request),
      })
      return reply.code(topup.url === null ? 202 : 201).send(toTransactionAnswer(topup))
    },
  )

  app.post(
    '/topups/:id/cancel',
    {
      config: { ...own, idempotencyKey: true },
      schema: {
        tags,
        summary: 'Give a top-up up',
        params: TransactionParams,
        response: {
          200: TransactionAnswer,
          ...refusals('not_found', 'already_paid', 'payment_not_pending', 'gateway_unavailable'),
        },
      },
    },
    async (request) => {
      const { subject } = identityOf(request)
      const topup = await findBilledOf(store, 'TOPUP', BigInt(request.params.id), subject)
      return toTransactionAnswer(await cancelBilled(store, callerOf(request), topup))
    },
  )

  app.post(
    '/topups/:id/sync',
    {
      config: own,
      schema: {
        tags,
        summary: 'Ask the gateway whether it is paid',
        params: TransactionParams,
        response: { 200: TransactionAnswer, ...refusals('not_found', 'rate_limited', 'gateway_unavailable') },
      },
    },
    async (request) => {
      const { subject } = identityOf(request)
      return toTransactionAnswer(
        await syncTopup(store, callerOf(request), BigInt(request.params.id), subject),
      )
    },
  )
}

/** @throws validation_failed for an address that nobody is led to from here */
function allowed({ gateway }: Store, field: string, address: string | undefined): string | undefined {
  if (address === undefined) return undefined
  const url = URL.canParse(address) ? new URL(address) : undefined
  const isOurs = url?.protocol === 'https:' && gateway.redirectHosts.includes(url.host)
  if (!isOurs) throw invalidFields([{ field, reason: 'must be https, at a host that is allowed' }])
  return address
}
