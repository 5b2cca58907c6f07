import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { callerOf, identityOf } from '../../../platform/access/identity.ts'
import { strictObject } from '../../../platform/http/schemas.ts'
import { typed } from '../../../platform/http/server.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { refusals } from '../house/schemas.ts'
import type { Store } from '../store.ts'
import { PasswordInput } from './account-rules.ts'
import { demandPassword } from './passwords.ts'

export function deactivateRoutes(scope: FastifyInstance, store: Store): void {
  typed(scope).post(
    '/users/me/deactivation',
    {
      config: { access: { permission: 'profile.own' } },
      schema: {
        tags: ['Profile'],
        summary: 'Close your account; staff can open it again',
        body: strictObject({
          reason: Type.String({ minLength: 3, maxLength: 255, pattern: '\\S' }),
          password: PasswordInput,
          acknowledge_balance: Type.Optional(Type.Boolean({ default: false })),
        }),
        response: {
          204: Type.Null(),
          ...refusals('invalid_credentials', 'pending_transactions', 'balance_not_empty', 'last_admin'),
        },
      },
    },
    async (request, reply) => {
      const { subject: username } = identityOf(request)
      const { reason, password, acknowledge_balance: acknowledged = false } = request.body
      await demandPassword(store, username, password)
      await inTransaction(store.db, callerOf(request), (tx) =>
        tx.one(sql`select deactivate(${username}, ${reason}, ${acknowledged})`),
      )
      return reply.code(204).send(null)
    },
  )
}
