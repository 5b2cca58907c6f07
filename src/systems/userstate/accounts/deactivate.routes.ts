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
import { demandPassword, holdPassword } from './try-password.ts'

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
          ...refusals(
            'invalid_credentials',
            'account_disabled',
            'pending_transactions',
            'balance_not_empty',
            'last_admin',
            'rate_limited',
          ),
        },
      },
    },
    async (request, reply) => {
      const { subject: username } = identityOf(request)
      const { reason, password, acknowledge_balance: acknowledged = false } = request.body
      const pwd = await demandPassword(store, callerOf(request), username, password)
      await inTransaction(store.db, callerOf(request), async (tx) => {
        await holdPassword(tx, username, pwd)
        await tx.one(sql`select deactivate(${username}, ${reason}, ${acknowledged})`)
      })
      return reply.code(204).send(null)
    },
  )
}
