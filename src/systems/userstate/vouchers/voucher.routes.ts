import type { FastifyInstance } from 'fastify'
import { type Static, Type } from 'typebox'
import { callerOf, identityOf } from '../../../platform/access/identity.ts'
import { idempotencyKey } from '../../../platform/http/idempotency-key.ts'
import { PageOf, pageOf, pageQuery } from '../../../platform/http/pages.ts'
import { Instant, instantInput, nullable, oneOf, strictObject } from '../../../platform/http/schemas.ts'
import { typed } from '../../../platform/http/server.ts'
import type { VoucherRow } from '../databases/userstate/tables.ts'
import { refusals } from '../house/schemas.ts'
import { MOST_RUPIAH } from '../settings.ts'
import type { Store } from '../store.ts'
import {
  changeVoucher,
  createVoucher,
  listRedemptions,
  listVouchers,
  previewVoucher,
  type RedemptionView,
  redeemVoucher,
} from './vouchers.ts'

const tags = ['Vouchers']
const own = { access: { permission: 'vouchers.own' } } as const
const manage = { access: { permission: 'admin.vouchers' } } as const

export const VoucherCode = Type.String({ pattern: '^[A-Za-z0-9_-]{3,64}$' })
const CodeParams = strictObject({ code: VoucherCode })
const Kind = oneOf(['BALANCE', 'POINTS', 'DISCOUNT_FIXED', 'DISCOUNT_PERCENT'])
const Whole = (minimum: number) => Type.Integer({ minimum, maximum: MOST_RUPIAH })
const Moment = nullable(instantInput())

const RedemptionAnswer = Type.Object({
  id: Type.Integer(),
  code: Type.String(),
  status: oneOf(['RESERVED', 'REDEEMED', 'CANCELLED']),
  value: nullable(Type.Integer({ description: 'Rupiah or points it was worth' })),
  transaction_id: nullable(Type.String({ pattern: '^[0-9]+$' })),
  created_at: Instant,
})

const offered = {
  code: Type.String(),
  kind: Kind,
  value: Type.Integer(),
  max_discount: nullable(Type.Integer()),
  min_amount: Type.Integer(),
  payee: nullable(Type.String()),
  is_onapps: Type.Boolean(),
  starts_at: nullable(Instant),
  ends_at: nullable(Instant),
}
const OfferedAnswer = Type.Object(offered)
const VoucherAnswer = Type.Object({
  ...offered,
  quota: nullable(Type.Integer()),
  redeemed_count: Type.Integer(),
  per_user_limit: Type.Integer(),
  active: Type.Boolean(),
  created_by: nullable(Type.String()),
  created_at: Instant,
})

const limits = {
  max_discount: Type.Optional(nullable(Whole(1))),
  min_amount: Type.Optional(Whole(0)),
  quota: Type.Optional(nullable(Whole(0))),
  per_user_limit: Type.Optional(Whole(1)),
  payee: Type.Optional(nullable(Type.String({ minLength: 1, maxLength: 100 }))),
  is_onapps: Type.Optional(Type.Boolean()),
  active: Type.Optional(Type.Boolean()),
  starts_at: Type.Optional(Moment),
  ends_at: Type.Optional(Moment),
}

export function voucherRoutes(scope: FastifyInstance, store: Store): void {
  const app = typed(scope)

  app.get(
    '/vouchers/redemptions',
    {
      config: own,
      schema: {
        tags,
        summary: 'What you redeemed, newest first',
        querystring: pageQuery({}),
        response: { 200: PageOf(RedemptionAnswer) },
      },
    },
    async (request) => {
      const page = await listRedemptions(store, identityOf(request).subject, pageOf(request.query))
      return { ...page, items: page.items.map(toRedemption) }
    },
  )

  app.get(
    '/vouchers/:code',
    {
      config: own,
      schema: {
        tags,
        summary: 'What a voucher is worth to you now',
        params: CodeParams,
        response: {
          200: OfferedAnswer,
          ...refusals('voucher_unknown', 'voucher_inactive', 'voucher_exhausted', 'voucher_already_used'),
        },
      },
    },
    async (request) =>
      toOffered(
        await previewVoucher(store, callerOf(request), identityOf(request).subject, request.params.code),
      ),
  )

  app.post(
    '/vouchers/redemptions',
    {
      config: { ...own, idempotencyKey: true },
      schema: {
        tags,
        summary: 'Turn a voucher into balance or points',
        body: CodeParams,
        response: {
          201: RedemptionAnswer,
          ...refusals(
            'voucher_unknown',
            'voucher_inactive',
            'voucher_exhausted',
            'voucher_already_used',
            'voucher_wrong_kind',
            'wallet_limit_exceeded',
          ),
        },
      },
    },
    async (request, reply) => {
      const made = await redeemVoucher(store, callerOf(request), {
        username: identityOf(request).subject,
        code: request.body.code,
        key: idempotencyKey(request),
      })
      return reply.code(201).send(toRedemption(made))
    },
  )

  app.get(
    '/admin/vouchers',
    {
      config: manage,
      schema: {
        tags: ['Administration'],
        summary: 'All vouchers, by code',
        querystring: pageQuery({}),
        response: { 200: PageOf(VoucherAnswer) },
      },
    },
    async (request) => {
      const page = await listVouchers(store, pageOf(request.query))
      return { ...page, items: page.items.map(toVoucher) }
    },
  )

  app.post(
    '/admin/vouchers',
    {
      config: manage,
      schema: {
        tags: ['Administration'],
        summary: 'A new voucher',
        body: strictObject({ code: VoucherCode, kind: Kind, value: Whole(1), ...limits }),
        response: { 201: VoucherAnswer, ...refusals('voucher_exists', 'voucher_terms_invalid') },
      },
    },
    async (request, reply) => {
      const { code, ...terms } = request.body
      return reply.code(201).send(toVoucher(await createVoucher(store, callerOf(request), code, terms)))
    },
  )

  app.patch(
    '/admin/vouchers/:code',
    {
      config: manage,
      schema: {
        tags: ['Administration'],
        summary: 'Change it; kind and value stay once it was used',
        params: CodeParams,
        body: strictObject({ kind: Type.Optional(Kind), value: Type.Optional(Whole(1)), ...limits }),
        response: {
          200: VoucherAnswer,
          ...refusals('voucher_unknown', 'voucher_in_use', 'voucher_terms_invalid'),
        },
      },
    },
    async (request) =>
      toVoucher(await changeVoucher(store, callerOf(request), request.params.code, request.body)),
  )
}

function toRedemption({ transaction_id, ...rest }: RedemptionView): Static<typeof RedemptionAnswer> {
  return { ...rest, transaction_id: transaction_id === null ? null : String(transaction_id) }
}

function toOffered(voucher: VoucherRow): Static<typeof OfferedAnswer> {
  const { code, kind, value, max_discount, min_amount, payee, is_onapps, starts_at, ends_at } = voucher
  return { code, kind, value, max_discount, min_amount, payee, is_onapps, starts_at, ends_at }
}

function toVoucher(voucher: VoucherRow): Static<typeof VoucherAnswer> {
  const { quota, redeemed_count, per_user_limit, active, created_by, created_at } = voucher
  return { ...toOffered(voucher), quota, redeemed_count, per_user_limit, active, created_by, created_at }
}
