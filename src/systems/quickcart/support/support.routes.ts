import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { callerOf, identityOf } from '../../../platform/access/identity.ts'
import { strictObject } from '../../../platform/http/schemas.ts'
import { typed } from '../../../platform/http/server.ts'
import { userId } from '../accounts/user-id.ts'
import { refusals } from '../shop/schemas.ts'
import type { Store } from '../store.ts'
import { MAX_TEXT } from './support-rules.ts'
import { writeToStaff } from './write-to-staff.ts'

export function supportRoutes(scope: FastifyInstance, store: Store): void {
  typed(scope).post(
    '/me/messages',
    {
      config: { access: { permission: 'profile.own' } },
      schema: {
        tags: ['Account'],
        summary: 'Write to the shop',
        description: 'The answer comes into your chat with the bot. Three messages a minute.',
        body: strictObject({ body: Type.String({ pattern: '\\S', maxLength: MAX_TEXT }) }),
        response: { 201: Type.Object({ id: Type.Integer() }), ...refusals('nobody_to_ask') },
      },
    },
    async (request, reply) => {
      const user = userId(identityOf(request).subject)
      const id = await writeToStaff(store, callerOf(request), {
        userId: user,
        body: request.body.body.trim(),
      })
      return reply.code(201).send({ id })
    },
  )
}
