import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { decodeCursor, toPage } from '../../../kernel/cursor.ts'
import { callerOf, identityOf } from '../../../platform/access/identity.ts'
import { idempotencyKey } from '../../../platform/http/idempotency-key.ts'
import { limitOf, PageOf, pageQuery } from '../../../platform/http/pages.ts'
import { oneOf, strictObject } from '../../../platform/http/schemas.ts'
import { typed } from '../../../platform/http/server.ts'
import { invalidFields } from '../../../platform/http/validation.ts'
import { refusals } from '../house/schemas.ts'
import { MutationAnswer } from '../points/point.routes.ts'
import type { Store } from '../store.ts'
import { TransactionAnswer, toTransactionAnswer } from '../transactions/transaction-view.ts'
import { PointsInput, Rupiah, RupiahInput, readRupiah } from '../wallet/amounts.ts'
import { adjustPoints, adjustWallet, listPayees, type Payee, settlePayee } from './finance.ts'

const Text = Type.String({ minLength: 1, maxLength: 255 })
const AdjustmentBody = strictObject({
  username: Text,
  unit: Type.Optional(oneOf(['IDR', 'PTS'])),
  direction: oneOf(['credit', 'debit']),
  amount: Type.Union([RupiahInput, PointsInput]),
  reason: Text,
})
const SettlementBody = strictObject({ holder: Text, amount: RupiahInput, reference: Text })
const PayeeAnswer = Type.Object({ holder: Type.String(), balance: Rupiah })

export function financeRoutes(scope: FastifyInstance, store: Store): void {
  const app = typed(scope)
  const money = { access: { permission: 'admin.money' } } as const
  const keys = ['idempotency_key_reused', 'idempotency_in_progress'] as const
  const tags = ['Administration']

  app.post(
    '/admin/adjustments',
    {
      config: { ...money, idempotencyKey: true },
      schema: {
        tags,
        summary: 'Correct a wallet, or somebody’s points',
        description: 'Rupiah unless `unit` is PTS; of points the mutation is answered.',
        body: AdjustmentBody,
        response: {
          201: Type.Union([TransactionAnswer, MutationAnswer]),
          ...refusals(
            'forbidden',
            'not_found',
            'insufficient_funds',
            'insufficient_points',
            'wallet_limit_exceeded',
            ...keys,
          ),
        },
      },
    },
    async (request, reply) => {
      const { amount, unit = 'IDR', ...rest } = request.body
      const asked = { ...rest, staff: identityOf(request).subject, idempotencyKey: idempotencyKey(request) }
      if (unit === 'PTS') {
        return reply.code(201).send(await adjustPoints(store, callerOf(request), { ...asked, amount }))
      }
      if (amount.includes('.')) throw invalidFields([{ field: 'amount', reason: 'must be whole rupiah' }])
      const input = { ...asked, amount: readRupiah(amount) }
      return reply.code(201).send(toTransactionAnswer(await adjustWallet(store, callerOf(request), input)))
    },
  )

  app.post(
    '/admin/settlements',
    {
      config: { ...money, idempotencyKey: true },
      schema: {
        tags,
        summary: 'A service was paid out',
        body: SettlementBody,
        response: { 201: PayeeAnswer, ...refusals('payee_unknown', 'payee_funds_insufficient', ...keys) },
      },
    },
    async (request, reply) => {
      const { amount, ...rest } = request.body
      const payee = await settlePayee(store, callerOf(request), {
        ...rest,
        staff: identityOf(request).subject,
        amount: readRupiah(amount),
        idempotencyKey: idempotencyKey(request),
      })
      return reply.code(201).send(toAnswer(payee))
    },
  )

  app.get(
    '/admin/payees',
    {
      config: money,
      schema: {
        tags,
        summary: 'What services are owed',
        querystring: pageQuery({}),
        response: { 200: PageOf(PayeeAnswer) },
      },
    },
    async ({ query }) => {
      const limit = limitOf(query)
      const [after] = query.cursor === undefined ? [''] : decodeCursor(query.cursor, ['string'] as const)
      const rows = await listPayees(store, after, limit + 1)
      const page = toPage(
        rows,
        limit,
        ({ holder }) => [holder],
        (row) => row,
      )
      return { ...page, items: page.items.map(toAnswer) }
    },
  )
}

function toAnswer({ holder, balance }: Payee) {
  return { holder, balance: String(balance) }
}
