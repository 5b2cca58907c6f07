import type { FastifyInstance } from 'fastify'
import { parseMoney } from '../../../kernel/money.ts'
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
import { cancelDeposit } from './cancel-deposit.ts'
import {
  AnyDepositsAnswer,
  DepositAnswer,
  DepositBody,
  DepositsAnswer,
  DepositsQuery,
  toDepositAnswer,
} from './deposit.schemas.ts'
import { findDeposit } from './find-deposit.ts'
import { listDeposits } from './list-deposits.ts'
import { placeDeposit } from './place-deposit.ts'

const own = { access: { permission: 'deposits.own' } } as const
const tags = ['Deposits']

export function depositRoutes(scope: FastifyInstance, store: Store): void {
  const app = typed(scope)

  app.post(
    '/deposits',
    {
      config: { ...own, idempotencyKey: true },
      schema: {
        tags,
        summary: 'Top up your balance',
        description:
          'The amount is what is credited, the fee comes on top. 202 while the gateway is still making the payment.',
        body: DepositBody,
        response: {
          201: DepositAnswer,
          202: DepositAnswer,
          ...refusals(
            'pending_deposit_exists',
            'amount_out_of_range',
            'amount_not_whole',
            'gateway_unavailable',
            'gateway_fee_mismatch',
            'rate_limited',
          ),
        },
      },
    },
    async (request, reply) => {
      const deposit = await placeDeposit(store, callerOf(request), {
        userId: userId(identityOf(request).subject),
        amount: parseMoney('IDR', request.body.amount),
        idempotencyKey: idempotencyKey(request),
      })
      return reply.code(deposit.payment?.status === 'creating' ? 202 : 201).send(toDepositAnswer(deposit))
    },
  )

  app.get(
    '/deposits',
    {
      config: own,
      schema: {
        tags,
        summary: 'Your deposits',
        querystring: DepositsQuery,
        response: { 200: DepositsAnswer },
      },
    },
    async (request) => {
      const { status } = request.query
      const page = await listDeposits(store, {
        userId: userId(identityOf(request).subject),
        ...pageOf(request.query),
        ...(status === undefined ? {} : { status }),
      })
      return { ...page, items: page.items.map(toDepositAnswer) }
    },
  )

  app.get(
    '/deposits/:invoice',
    {
      config: own,
      schema: {
        tags,
        summary: 'One deposit',
        params: InvoiceParams,
        response: { 200: DepositAnswer, ...refusals('deposit_not_found') },
      },
    },
    async (request) =>
      toDepositAnswer(await findDeposit(store, request.params.invoice, viewerOf(callerOf(request)))),
  )

  app.post(
    '/deposits/:invoice/check',
    {
      config: own,
      schema: {
        tags,
        summary: 'Ask the gateway whether it is paid',
        params: InvoiceParams,
        response: {
          200: DepositAnswer,
          ...refusals('deposit_not_found', 'rate_limited', 'gateway_unavailable'),
        },
      },
    },
    async (request) => {
      const { invoice } = request.params
      const viewer = viewerOf(callerOf(request))
      const deposit = await findDeposit(store, invoice, viewer)
      await limitCheck(store, viewer.userId, invoice)
      if (deposit.payment) await checkPayment(store, callerOf(request), invoice)
      return toDepositAnswer(await findDeposit(store, invoice, viewer))
    },
  )

  app.post(
    '/deposits/:invoice/cancel',
    {
      config: own,
      schema: {
        tags,
        summary: 'Give a deposit up',
        params: InvoiceParams,
        response: { 200: DepositAnswer, ...refusals('deposit_not_found', 'deposit_not_pending') },
      },
    },
    async (request) => toDepositAnswer(await cancelDeposit(store, callerOf(request), request.params.invoice)),
  )

  app.get(
    '/admin/deposits',
    {
      config: { access: { permission: 'deposits.read' } },
      schema: {
        tags: ['Administration'],
        summary: "Everybody's deposits",
        querystring: DepositsQuery,
        response: { 200: AnyDepositsAnswer },
      },
    },
    async (request) => {
      const { status } = request.query
      const page = await listDeposits(store, {
        ...pageOf(request.query),
        ...(status === undefined ? {} : { status }),
      })
      const items = page.items.map((each) => ({ ...toDepositAnswer(each), user_id: String(each.userId) }))
      return { ...page, items }
    },
  )
}
