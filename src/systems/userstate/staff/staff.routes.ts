import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { callerOf } from '../../../platform/access/identity.ts'
import { PageOf, pageOf, pageQuery } from '../../../platform/http/pages.ts'
import { nullable, oneOf, strictObject } from '../../../platform/http/schemas.ts'
import { typed } from '../../../platform/http/server.ts'
import { ProfileAnswer, toProfileAnswer } from '../accounts/profile.schemas.ts'
import { recordLook } from '../house/record-look.ts'
import { refusals, UsernameParams } from '../house/schemas.ts'
import type { Store } from '../store.ts'
import { changeUser, grantRole, inspectUser, listUsers, revokeRole } from './users.ts'

const tags = ['Administration']
const config = { access: { permission: 'admin.users.write' } } as const

const Role = oneOf(['admin', 'finance', 'support', 'marketing'])
const Pattern = Type.Optional(
  Type.String({
    minLength: 1,
    maxLength: 255,
    description: 'ILIKE: % for anything, _ for one character; nothing escapes them',
  }),
)

const UserAnswer = Type.Object({
  username: Type.String(),
  email: Type.String(),
  first_name: Type.String(),
  last_name: Type.String(),
  disabled: Type.Boolean(),
})
const InspectedAnswer = Type.Object({ ...ProfileAnswer.properties, roles: Type.Array(Role) })

export function staffRoutes(scope: FastifyInstance, store: Store): void {
  const app = typed(scope)

  app.get(
    '/admin/users',
    {
      config: { access: { permission: 'admin.users.read' } },
      schema: {
        tags,
        summary: 'People by username, found by pattern; the look is on record',
        querystring: pageQuery({ email_like: Pattern, username_like: Pattern }),
        response: { 200: PageOf(UserAnswer) },
      },
    },
    async (request) => {
      const { email_like: emailLike, username_like: usernameLike } = request.query
      // Who looks for an address may have typed the whole of it.
      const asked = { ...request.query, ...(emailLike === undefined ? {} : { email_like: '***' }) }
      await recordLook(store, callerOf(request), 'user_info', asked)
      const page = await listUsers(store, {
        ...pageOf(request.query),
        ...(emailLike === undefined ? {} : { emailLike }),
        ...(usernameLike === undefined ? {} : { usernameLike }),
      })
      return { ...page, items: [...page.items] }
    },
  )

  app.get(
    '/admin/users/:username',
    {
      config: { access: { permission: 'admin.users.read' } },
      schema: {
        tags,
        summary: 'Everything about one person; the look is on record',
        params: UsernameParams,
        response: { 200: InspectedAnswer, ...refusals('not_found') },
      },
    },
    async (request) => {
      const { profile, roles } = await inspectUser(store, callerOf(request), request.params.username)
      return { ...toProfileAnswer(profile), roles: [...roles] }
    },
  )

  app.patch(
    '/admin/users/:username',
    {
      config,
      schema: {
        tags,
        summary: 'Disable, enable, make an agent',
        description: 'Answers the profile: that look at it is on record too.',
        params: UsernameParams,
        body: strictObject({
          disabled: Type.Optional(Type.Boolean()),
          agent: Type.Optional(nullable(Type.Literal('Y'))),
          agent_id: Type.Optional(nullable(Type.String({ minLength: 1, maxLength: 50 }))),
        }),
        response: { 200: ProfileAnswer, ...refusals('not_found', 'last_admin', 'account_erased') },
      },
    },
    async (request) => {
      const { username } = request.params
      await changeUser(store, callerOf(request), username, request.body)
      const { profile } = await inspectUser(store, callerOf(request), username)
      return toProfileAnswer(profile)
    },
  )

  const RoleParams = strictObject({ ...UsernameParams.properties, role: Role })
  app.put(
    '/admin/users/:username/roles/:role',
    {
      config,
      schema: {
        tags,
        summary: 'Give a role',
        params: RoleParams,
        response: { 204: Type.Null(), ...refusals('not_found') },
      },
    },
    async (request, reply) => {
      const { username, role } = request.params
      await grantRole(store, callerOf(request), username, role)
      return reply.code(204).send(null)
    },
  )

  app.delete(
    '/admin/users/:username/roles/:role',
    {
      config,
      schema: {
        tags,
        summary: 'Take it away',
        params: RoleParams,
        response: { 204: Type.Null(), ...refusals('not_found', 'last_admin') },
      },
    },
    async (request, reply) => {
      const { username, role } = request.params
      await revokeRole(store, callerOf(request), username, role)
      return reply.code(204).send(null)
    },
  )
}
