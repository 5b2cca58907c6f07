import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { parseMoney } from '../../../kernel/money.ts'
import { callerOf } from '../../../platform/access/identity.ts'
import { idempotencyKey } from '../../../platform/http/idempotency-key.ts'
import { PageOf, pageOf, pageQuery } from '../../../platform/http/pages.ts'
import {
  Amount,
  AmountInput,
  Instant,
  nullable,
  oneOf,
  strictObject,
} from '../../../platform/http/schemas.ts'
import { typed } from '../../../platform/http/server.ts'
import { refusals } from '../shop/schemas.ts'
import type { Store } from '../store.ts'
import { giveAway } from './give-away.ts'
import { listVouchers } from './list-vouchers.ts'

const tags = ['Administration']
const access = { permission: 'vouchers.manage' } as const
const State = oneOf(['free', 'reserved', 'used', 'expired'])

const VoucherAnswer = Type.Object({
  code: Type.String(),
  amount: Amount,
  state: State,
  invoice: nullable(Type.String({ description: 'the order that holds or used it' })),
  used_by: nullable(Type.String()),
  used_at: nullable(Instant),
  created_by: Type.String(),
  created_at: Instant,
  expires_at: Instant,
})

export function voucherAdminRoutes(scope: FastifyInstance, store: Store): void {
  const app = typed(scope)

  app.get(
    '/admin/vouchers',
    {
      config: { access },
      schema: {
        tags,
        summary: 'Vouchers, newest first',
        querystring: pageQuery({ state: Type.Optional(State) }),
        response: { 200: PageOf(VoucherAnswer) },
      },
    },
    async (request) => {
      const { state } = request.query
      const page = await listVouchers(store, {
        ...pageOf(request.query),
        ...(state === undefined ? {} : { state }),
      })
      const items = page.items.map(({ id: _, created_by, used_by, ...voucher }) => ({
        ...voucher,
        created_by: String(created_by),
        used_by: used_by === null ? null : String(used_by),
      }))
      return { ...page, items }
    },
  )

  app.post(
    '/admin/giveaways',
    {
      config: { access, idempotencyKey: true },
      schema: {
        tags,
        summary: 'Make vouchers and tell everybody their codes',
        body: strictObject({ amount: AmountInput, count: Type.Integer() }),
        response: {
          201: Type.Object({
            codes: Type.Array(Type.String()),
            expires_at: Instant,
            broadcast_id: Type.Integer({
              description: 'GET /admin/broadcasts/{id} says how far the news is',
            }),
          }),
          ...refusals('amount_not_whole', 'voucher_amount_range', 'voucher_count_range'),
        },
      },
    },
    async (request, reply) => {
      const { amount, count } = request.body
      const given = await giveAway(store, callerOf(request), {
        amount: parseMoney('IDR', amount),
        count,
        idempotencyKey: idempotencyKey(request),
      })
      const { codes, expiresAt, broadcast } = given
      return reply.code(201).send({ codes: [...codes], expires_at: expiresAt, broadcast_id: broadcast })
    },
  )
}
