/** What services ask about people. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { nullable } from '../../../platform/http/schemas.ts'
import { typed } from '../../../platform/http/server.ts'
import { findProfile } from '../accounts/profile.queries.ts'
import { refusals, UsernameParams } from '../house/schemas.ts'
import type { Store } from '../store.ts'

const PersonAnswer = Type.Object({
  username: Type.String(),
  first_name: Type.String(),
  last_name: Type.String(),
  profile_img: nullable(Type.String()),
  agent: nullable(Type.String()),
  disabled: Type.Boolean(),
})

export function serviceRoutes(scope: FastifyInstance, store: Store): void {
  typed(scope).get(
    '/services/users/:username',
    {
      config: { access: { permission: 'users.read' } },
      schema: {
        tags: ['Services'],
        summary: 'Who a user is, as far as a service needs to know',
        params: UsernameParams,
        response: { 200: PersonAnswer, ...refusals('not_found') },
      },
    },
    async (request) => {
      const profile = await findProfile(store, request.params.username)
      const { username, first_name, last_name, profile_img, agent, disabled } = profile
      return { username, first_name, last_name, profile_img, agent, disabled }
    },
  )
}
