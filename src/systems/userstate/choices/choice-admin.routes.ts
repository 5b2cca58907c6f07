/** Admins decide what there is to choose from (UserState, U24); every change is on record. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { callerOf } from '../../../platform/access/identity.ts'
import { PageOf, pageOf, pageQuery } from '../../../platform/http/pages.ts'
import { Instant, nullable, oneOf, strictObject } from '../../../platform/http/schemas.ts'
import { typed } from '../../../platform/http/server.ts'
import { refusals } from '../house/schemas.ts'
import type { Store } from '../store.ts'
import { findBankChannel, listBankChannels, putBankChannel } from './bank-channels.ts'
import { changePaymentType, createPaymentType, listPaymentTypes } from './payment-types.ts'

const tags = ['Administration']
const config = { access: { permission: 'admin.choices' } } as const
const Id = Type.Integer({ minimum: 1, maximum: 2_147_483_647 })
const Params = strictObject({ id: Id })

const Name = Type.String({ pattern: '^[A-Z][A-Z0-9_]{1,63}$', examples: ['E_WALLET'] })
const Methods = Type.Array(Type.String({ pattern: '^[A-Z0-9_]{1,64}$' }), {
  maxItems: 50,
  description: 'The gateway’s names; none: anything it offers',
})
const PaymentTypeAnswer = Type.Object({
  id: Type.Integer(),
  name: Type.String(),
  status: Type.Boolean(),
  xendit_methods: Type.Array(Type.String()),
  created_at: Instant,
  updated_at: Instant,
})

const text = nullable(Type.String())
const ChannelAnswer = Type.Object({
  id: Type.Integer(),
  code: Type.String(),
  type: Type.String(),
  currency: Type.String(),
  description: text,
  alias: text,
  active: Type.Boolean(),
  xendit_code: text,
})
const ChannelBody = strictObject({
  code: Type.String({ pattern: '^[A-Z0-9_]{1,60}$' }),
  type: oneOf(['BANK', 'EWALLET']),
  currency: Type.String({ pattern: '^[A-Z]{3}$' }),
  description: Type.Optional(nullable(Type.String({ minLength: 1, maxLength: 255 }))),
  alias: Type.Optional(
    nullable(Type.String({ minLength: 1, maxLength: 1000, description: 'Other names, with commas' })),
  ),
  active: Type.Boolean(),
  xendit_code: Type.Optional(nullable(Type.String({ pattern: '^[A-Z0-9_]{1,64}$' }))),
})

export function choiceAdminRoutes(scope: FastifyInstance, store: Store): void {
  paymentTypeRoutes(scope, store)
  bankChannelRoutes(scope, store)
}

function paymentTypeRoutes(scope: FastifyInstance, store: Store): void {
  const app = typed(scope)

  app.get(
    '/admin/payment-types',
    {
      config,
      schema: {
        tags,
        summary: 'Ways to pay, also those that are not offered',
        querystring: pageQuery({}),
        response: { 200: PageOf(PaymentTypeAnswer) },
      },
    },
    async ({ query }) => {
      const page = await listPaymentTypes(store, pageOf(query))
      return { ...page, items: [...page.items] }
    },
  )

  app.post(
    '/admin/payment-types',
    {
      config,
      schema: {
        tags,
        summary: 'A new way to pay',
        body: strictObject({
          name: Name,
          status: Type.Optional(Type.Boolean()),
          xendit_methods: Type.Optional(Methods),
        }),
        response: { 201: PaymentTypeAnswer, ...refusals('payment_type_exists') },
      },
    },
    async (request, reply) => {
      const { name, status = true, xendit_methods = [] } = request.body
      const made = await createPaymentType(store, callerOf(request), { name, status, xendit_methods })
      return reply.code(201).send(made)
    },
  )

  app.patch(
    '/admin/payment-types/:id',
    {
      config,
      schema: {
        tags,
        summary: 'Change it',
        params: Params,
        body: strictObject({
          name: Type.Optional(Name),
          status: Type.Optional(Type.Boolean()),
          xendit_methods: Type.Optional(Methods),
        }),
        response: { 200: PaymentTypeAnswer, ...refusals('not_found', 'payment_type_exists') },
      },
    },
    async (request) => await changePaymentType(store, callerOf(request), request.params.id, request.body),
  )
}

function bankChannelRoutes(scope: FastifyInstance, store: Store): void {
  const app = typed(scope)

  app.get(
    '/admin/bank-channels',
    {
      config,
      schema: {
        tags,
        summary: 'Banks and e-wallets, also those that are not offered',
        querystring: pageQuery({}),
        response: { 200: PageOf(ChannelAnswer) },
      },
    },
    async ({ query }) => {
      const page = await listBankChannels(store, pageOf(query))
      return { ...page, items: [...page.items] }
    },
  )

  app.get(
    '/admin/bank-channels/:id',
    {
      config,
      schema: {
        tags,
        summary: 'One bank or e-wallet',
        params: Params,
        response: { 200: ChannelAnswer, ...refusals('not_found') },
      },
    },
    async ({ params }) => await findBankChannel(store.db, params.id),
  )

  app.put(
    '/admin/bank-channels/:id',
    {
      config,
      schema: {
        tags,
        summary: 'Make or replace it; payouts that are under way keep the code they were asked with',
        params: Params,
        body: ChannelBody,
        response: { 200: ChannelAnswer, ...refusals('bank_channel_in_use') },
      },
    },
    async (request) => {
      const { description = null, alias = null, xendit_code = null, ...rest } = request.body
      const channel = { ...rest, id: request.params.id, description, alias, xendit_code }
      return await putBankChannel(store, callerOf(request), channel)
    },
  )
}
