import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { callerOf, identityOf } from '../../../platform/access/identity.ts'
import { strictObject } from '../../../platform/http/schemas.ts'
import { typed } from '../../../platform/http/server.ts'
import { invalidFields } from '../../../platform/http/validation.ts'
import { refusals, UsernameParams } from '../house/schemas.ts'
import type { Store } from '../store.ts'
import { eraseUser } from './erase-user.ts'

export function erasureRoutes(scope: FastifyInstance, store: Store): void {
  typed(scope).post(
    '/admin/users/:username/erasure',
    {
      config: { access: { permission: 'admin.users.write' } },
      schema: {
        tags: ['Administration'],
        summary: 'Remove what tells who somebody is; nobody can take it back',
        description:
          'After `privacy.erase_days` disabled, with nothing left in the wallet and nothing under way.',
        params: UsernameParams,
        body: strictObject({ confirm: Type.String({ description: 'The username once more' }) }),
        response: {
          204: Type.Null(),
          ...refusals(
            'not_found',
            'account_erased',
            'erasure_blocked',
            'pending_transactions',
            'balance_not_empty',
            'points_not_empty',
          ),
        },
      },
    },
    async (request, reply) => {
      const { username } = request.params
      if (request.body.confirm !== username)
        throw invalidFields([{ field: 'confirm', reason: 'must be the username' }])
      await eraseUser(store, callerOf(request), username, identityOf(request).subject)
      return reply.code(204).send(null)
    },
  )
}
