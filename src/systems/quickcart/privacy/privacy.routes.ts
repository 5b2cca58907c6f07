import type { FastifyInstance, FastifyReply } from 'fastify'
import { type Static, Type } from 'typebox'
import { money } from '../../../kernel/money.ts'
import { callerOf, identityOf } from '../../../platform/access/identity.ts'
import { strictObject } from '../../../platform/http/schemas.ts'
import { typed } from '../../../platform/http/server.ts'
import { userId } from '../accounts/user-id.ts'
import { viewerOf } from '../accounts/viewer.ts'
import { refusals } from '../shop/schemas.ts'
import type { Store } from '../store.ts'
import { type EraseUser, eraseUser } from './erase-user.ts'
import { openExport } from './find-export.ts'
import { requestExport } from './request-export.ts'

const own = { access: { permission: 'profile.own' } } as const
const manage = { access: { permission: 'privacy.manage' } } as const
const tags = ['Privacy']

const RequestParams = strictObject({ id: Type.String({ pattern: '^[1-9][0-9]{0,17}$' }) })
const UserParams = strictObject({ id: Type.String({ pattern: '^[1-9][0-9]{0,15}$' }) })
const Accepted = Type.Object({ id: Type.String() })
const ErasureBody = strictObject({
  confirm: Type.Literal('HAPUS'),
  forfeit_balance: Type.Optional(Type.Boolean({ description: 'What is left of the balance is given up' })),
})

export function privacyRoutes(scope: FastifyInstance, store: Store): void {
  const app = typed(scope)

  app.post(
    '/me/exports',
    {
      config: own,
      schema: {
        tags,
        summary: 'Collect everything the shop holds about you',
        response: { 202: Accepted, ...refusals('user_not_found') },
      },
    },
    async (request, reply) => {
      const user = userId(identityOf(request).subject)
      const id = await requestExport(store, callerOf(request), { userId: user, toChat: false })
      return reply.code(202).send({ id: String(id) })
    },
  )

  app.get(
    '/me/exports/:id',
    {
      config: own,
      schema: {
        tags,
        summary: 'The collected document, for 24 hours',
        description: '200 with the document; 202 while it is being made: ask again.',
        params: RequestParams,
        response: {
          200: Type.Object({}, { additionalProperties: true }),
          202: Accepted,
          ...refusals('not_found', 'export_expired'),
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const file = await openExport(store, BigInt(id), viewerOf(callerOf(request)))
      if (!file) return reply.code(202).send({ id })
      return await (reply as FastifyReply)
        .header('content-disposition', `attachment; filename="quickcart-${id}.json"`)
        .header('cache-control', 'no-store')
        .type('application/json; charset=utf-8')
        .send(file.createReadStream())
    },
  )

  app.post(
    '/me/erasure',
    {
      config: own,
      schema: {
        tags,
        summary: 'Erase your account',
        description: 'What the books need stays for seven years, without your name.',
        body: ErasureBody,
        response: { 202: Accepted, ...refusals('erasure_blocked', 'balance_not_zero') },
      },
    },
    async (request, reply) => {
      const user = userId(identityOf(request).subject)
      const id = await eraseUser(store, callerOf(request), toErasure(user, request.body))
      return reply.code(202).send({ id: String(id) })
    },
  )

  app.post(
    '/admin/users/:id/export',
    {
      config: manage,
      schema: {
        tags,
        summary: 'Collect everything about somebody; read it at /me/exports/{id}',
        params: UserParams,
        response: { 202: Accepted, ...refusals('user_not_found') },
      },
    },
    async (request, reply) => {
      const user = userId(request.params.id)
      const id = await requestExport(store, callerOf(request), { userId: user, toChat: false })
      return reply.code(202).send({ id: String(id) })
    },
  )

  app.post(
    '/admin/users/:id/erasure',
    {
      config: manage,
      schema: {
        tags,
        summary: "Erase somebody's account",
        params: UserParams,
        body: ErasureBody,
        response: { 202: Accepted, ...refusals('user_not_found', 'erasure_blocked', 'balance_not_zero') },
      },
    },
    async (request, reply) => {
      const user = userId(request.params.id)
      const id = await eraseUser(store, callerOf(request), toErasure(user, request.body))
      return reply.code(202).send({ id: String(id) })
    },
  )
}

function toErasure(user: EraseUser['userId'], body: Static<typeof ErasureBody>): EraseUser {
  return { userId: user, forfeit: body.forfeit_balance ? 'everything' : money('IDR', 0n) }
}
