import type { FastifyInstance } from 'fastify'
import { callerOf, identityOf } from '../../../platform/access/identity.ts'
import { typed } from '../../../platform/http/server.ts'
import { refusals } from '../house/schemas.ts'
import type { Store } from '../store.ts'
import { findProfile } from './profile.queries.ts'
import { ProfileAnswer, ProfileBody, toProfileAnswer } from './profile.schemas.ts'
import { updateProfile } from './update-profile.ts'

const tags = ['Profile']
const config = { access: { permission: 'profile.own' } } as const

export function profileRoutes(scope: FastifyInstance, store: Store): void {
  const app = typed(scope)

  app.get(
    '/users/me',
    {
      config,
      schema: { tags, summary: 'Who you are and what you have', response: { 200: ProfileAnswer } },
    },
    async (request) => toProfileAnswer(await findProfile(store, identityOf(request).subject)),
  )

  app.patch(
    '/users/me',
    {
      config,
      schema: {
        tags,
        summary: 'Change what is yours',
        description: 'Another e-mail address needs the password and has yet to be confirmed.',
        body: ProfileBody,
        response: { 200: ProfileAnswer, ...refusals('email_taken', 'invalid_credentials', 'rate_limited') },
      },
    },
    async (request) =>
      toProfileAnswer(
        await updateProfile(store, callerOf(request), identityOf(request).subject, request.body),
      ),
  )
}
