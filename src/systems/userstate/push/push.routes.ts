import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { pushProblem } from '../../../gateways/fcm/message.ts'
import { callerOf, identityOf } from '../../../platform/access/identity.ts'
import { idempotencyKey } from '../../../platform/http/idempotency-key.ts'
import { strictObject } from '../../../platform/http/schemas.ts'
import { typed } from '../../../platform/http/server.ts'
import { invalidFields } from '../../../platform/http/validation.ts'
import { idempotent } from '../../../platform/idempotency/idempotent.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { refusals } from '../house/schemas.ts'
import type { Store } from '../store.ts'
import { queuePush } from './queue-push.ts'

const Body = strictObject({
  usernames: Type.Array(Type.String({ minLength: 1, maxLength: 255 }), { minItems: 1, maxItems: 1000 }),
  title: Type.String({ minLength: 1, maxLength: 255 }),
  body: Type.String({ minLength: 1, maxLength: 4096 }),
  data: Type.Optional(Type.Record(Type.String({ maxLength: 100 }), Type.String({ maxLength: 4096 }))),
})

export function pushRoutes(scope: FastifyInstance, store: Store): void {
  typed(scope).post(
    '/services/push',
    {
      config: { access: { permission: 'push.send' }, idempotencyKey: true },
      schema: {
        tags: ['Services'],
        summary: 'Tell people something on their devices',
        description: 'One message for each enabled device; whom nobody knows is passed over.',
        body: Body,
        response: {
          202: Type.Object({ queued: Type.Integer({ description: 'messages, not people' }) }),
          ...refusals('validation_failed', 'idempotency_key_reused', 'idempotency_in_progress'),
        },
      },
    },
    async (request, reply) => {
      const { usernames, title, body, data = {} } = request.body
      const problem = pushProblem({ title, body, data })
      if (problem !== undefined) throw invalidFields([{ field: 'data', reason: problem }])
      const scope = `POST /services/push:${identityOf(request).subject}`
      const key = idempotencyKey(request)
      const queued = await inTransaction(store.db, callerOf(request), (tx) =>
        idempotent(tx, { scope, key, request: request.body }, () =>
          queuePush(tx, usernames, { title, body, data, event: `${scope}:${key}` }),
        ),
      )
      return reply.code(202).send({ queued })
    },
  )
}
