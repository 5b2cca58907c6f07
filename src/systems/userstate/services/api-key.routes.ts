import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { callerOf } from '../../../platform/access/identity.ts'
import { Instant, instantInput, nullable, oneOf, strictObject } from '../../../platform/http/schemas.ts'
import { typed } from '../../../platform/http/server.ts'
import { SCOPES } from '../access/roles.ts'
import { refusals } from '../house/schemas.ts'
import type { Store } from '../store.ts'
import { createKey, HOLDER, listKeys, revokeKey } from './api-keys.ts'

const tags = ['Administration']
const config = { access: { permission: 'admin.keys' } } as const

const KeyAnswer = Type.Object({
  key_id: Type.String(),
  holder: Type.String(),
  prefix: nullable(Type.String()),
  scopes: Type.Array(Type.String()),
  created_at: Instant,
  expires_at: nullable(Instant),
  revoked_at: nullable(Instant),
  last_used_at: nullable(Instant),
})

export function apiKeyRoutes(scope: FastifyInstance, store: Store): void {
  const app = typed(scope)

  app.get(
    '/admin/api-keys',
    {
      config,
      schema: {
        tags,
        summary: 'Keys of services',
        response: { 200: Type.Object({ items: Type.Array(KeyAnswer) }) },
      },
    },
    async () => {
      const keys = await listKeys(store)
      return { items: keys.map((key) => ({ ...key, scopes: [...key.scopes] })) }
    },
  )

  app.post(
    '/admin/api-keys',
    {
      config,
      schema: {
        tags,
        summary: 'One more key, shown this once',
        body: strictObject({
          holder: Type.String({ pattern: HOLDER }),
          scopes: Type.Array(oneOf(SCOPES), { minItems: 1, maxItems: SCOPES.length, default: ['service'] }),
          expires_at: Type.Optional(instantInput()),
        }),
        response: {
          201: Type.Object({ key_id: Type.String(), apikey: Type.String() }),
          ...refusals('api_key_limit'),
        },
      },
    },
    async (request, reply) => {
      const { holder, scopes, expires_at: expires } = request.body
      const { keyId, apikey } = await createKey(store, callerOf(request), {
        holder,
        scopes,
        ...(expires === undefined ? {} : { expiresAt: new Date(expires) }),
      })
      return reply.code(201).send({ key_id: keyId, apikey })
    },
  )

  app.delete(
    '/admin/api-keys/:key_id',
    {
      config,
      schema: {
        tags,
        summary: 'Revoke it; requests with it are refused from now on',
        params: strictObject({ key_id: Type.String({ pattern: '^[0-9a-f]{16}$' }) }),
        response: { 204: Type.Null(), ...refusals('not_found') },
      },
    },
    async (request, reply) => {
      await revokeKey(store, callerOf(request), request.params.key_id)
      return reply.code(204).send(null)
    },
  )
}
