import type { FastifyInstance } from 'fastify'
import { type Static, Type } from 'typebox'
import { callerOf, identityOf } from '../../../platform/access/identity.ts'
import { PageOf, pageOf, pageQuery } from '../../../platform/http/pages.ts'
import { Instant, nullable, strictObject } from '../../../platform/http/schemas.ts'
import { typed } from '../../../platform/http/server.ts'
import { PhoneInput } from '../accounts/account-rules.ts'
import { IdParams, refusals } from '../house/schemas.ts'
import type { Store } from '../store.ts'
import {
  type AddressView,
  createAddress,
  findAddress,
  listAddresses,
  makePrimary,
  removeAddress,
  updateAddress,
} from './addresses.ts'

const tags = ['Addresses']
const config = { access: { permission: 'addresses.own' } } as const

const Line = Type.String({ minLength: 1, maxLength: 255, pattern: '\\S' })
/** Other keys may come along. */
const Place = Type.Object(
  {
    formatted: Type.Optional(Type.String({ maxLength: 1000 })),
    coordinates: Type.Optional(
      strictObject({
        lat: Type.Number({ minimum: -90, maximum: 90 }),
        lng: Type.Number({ minimum: -180, maximum: 180 }),
      }),
    ),
  },
  { additionalProperties: true },
)

const required = {
  recipient: Line,
  phone: PhoneInput,
  address_input: Line,
  province: Line,
  district: Line,
  city: Line,
  urban: Line,
  post_id: Type.String({ pattern: '^[0-9]{5}$' }),
}
const optional = {
  category: Type.Optional(nullable(Line)),
  osas_log_id: Type.Optional(Type.Integer({ minimum: 0, maximum: 2_147_483_647 })),
  primary: Type.Optional(Type.Boolean()),
  address: Type.Optional(Place),
}
const AddressBody = strictObject({ ...required, ...optional })
const AddressChange = strictObject({
  recipient: Type.Optional(Line),
  phone: Type.Optional(PhoneInput),
  address_input: Type.Optional(Line),
  province: Type.Optional(Line),
  district: Type.Optional(Line),
  city: Type.Optional(Line),
  urban: Type.Optional(Line),
  post_id: Type.Optional(required.post_id),
  ...optional,
})

const AddressAnswer = Type.Object({
  id: Type.String(),
  recipient: Type.String(),
  phone: Type.String(),
  category: nullable(Type.String()),
  address_input: Type.String(),
  province: Type.String(),
  district: Type.String(),
  city: Type.String(),
  urban: Type.String(),
  post_id: Type.String(),
  osas_log_id: Type.Integer(),
  primary: Type.Boolean(),
  address: Type.Unknown(),
  created_at: Instant,
  updated_at: Instant,
})

export function addressRoutes(scope: FastifyInstance, store: Store): void {
  const app = typed(scope)

  app.get(
    '/addresses',
    {
      config,
      schema: {
        tags,
        summary: 'Your addresses, newest first',
        querystring: pageQuery({}),
        response: { 200: PageOf(AddressAnswer) },
      },
    },
    async (request) => {
      const page = await listAddresses(store, identityOf(request).subject, pageOf(request.query))
      return { ...page, items: page.items.map(toAnswer) }
    },
  )

  app.post(
    '/addresses',
    {
      config,
      schema: {
        tags,
        summary: 'One more',
        description: 'The first one is the primary one; `primary: true` makes another one it.',
        body: AddressBody,
        response: { 201: AddressAnswer, ...refusals('address_limit') },
      },
    },
    async (request, reply) => {
      const { subject } = identityOf(request)
      const made = await createAddress(store, callerOf(request), subject, request.body)
      return reply.code(201).send(toAnswer(made))
    },
  )

  app.get(
    '/addresses/:id',
    {
      config,
      schema: {
        tags,
        summary: 'One of them',
        params: IdParams,
        response: { 200: AddressAnswer, ...refusals('not_found') },
      },
    },
    async (request) => toAnswer(await findAddress(store.db, identityOf(request).subject, request.params.id)),
  )

  app.patch(
    '/addresses/:id',
    {
      config,
      schema: {
        tags,
        summary: 'Change it',
        params: IdParams,
        body: AddressChange,
        response: { 200: AddressAnswer, ...refusals('not_found', 'primary_required') },
      },
    },
    async (request) => {
      const { subject } = identityOf(request)
      const { id } = request.params
      return toAnswer(await updateAddress(store, callerOf(request), subject, id, request.body))
    },
  )

  app.delete(
    '/addresses/:id',
    {
      config,
      schema: {
        tags,
        summary: 'Remove it',
        params: IdParams,
        response: { 204: Type.Null(), ...refusals('not_found') },
      },
    },
    async (request, reply) => {
      await removeAddress(store, callerOf(request), identityOf(request).subject, request.params.id)
      return reply.code(204).send(null)
    },
  )

  app.post(
    '/addresses/:id/primary',
    {
      config,
      schema: {
        tags,
        summary: 'Make it the primary one',
        params: IdParams,
        response: { 200: AddressAnswer, ...refusals('not_found') },
      },
    },
    async (request) =>
      toAnswer(await makePrimary(store, callerOf(request), identityOf(request).subject, request.params.id)),
  )
}

function toAnswer(address: AddressView): Static<typeof AddressAnswer> {
  const { address_id: id, primary_address: primary, ...rest } = address
  return { ...rest, id: String(id), primary }
}
