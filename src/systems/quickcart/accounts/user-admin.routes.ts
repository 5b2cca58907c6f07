import type { FastifyInstance } from 'fastify'
import { type Static, Type } from 'typebox'
import { formatMoney, parseMoney } from '../../../kernel/money.ts'
import { callerOf } from '../../../platform/access/identity.ts'
import { idempotencyKey } from '../../../platform/http/idempotency-key.ts'
import { PageOf, pageOf, pageQuery } from '../../../platform/http/pages.ts'
import { Amount, AmountInput, Instant, oneOf, strictObject } from '../../../platform/http/schemas.ts'
import { typed } from '../../../platform/http/server.ts'
import { refusals } from '../shop/schemas.ts'
import type { Store } from '../store.ts'
import { adjustBalance } from './adjust-balance.ts'
import { banUser, unbanUser } from './ban-user.ts'
import { changeRole } from './change-role.ts'
import { findUser, listUsers } from './find-users.ts'
import type { Profile } from './profile.ts'
import { ProfileAnswer, toProfileAnswer } from './sign-in.routes.ts'
import { userId } from './user-id.ts'

const tags = ['Administration']
const manage = { access: { permission: 'users.manage' } } as const

const RoleWord = oneOf(['customer', 'reseller', 'admin'])
const UserParams = strictObject({ id: Type.String({ pattern: '^[1-9]\\d{0,15}$' }) })
const UserAnswer = Type.Object({
  ...ProfileAnswer.properties,
  is_banned: Type.Boolean(),
  has_blocked_bot: Type.Boolean(),
  created_at: Instant,
})

const UsersQuery = pageQuery({
  q: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 100,
      description: 'the beginning of a name, of a username, or of an id',
    }),
  ),
  role: Type.Optional(RoleWord),
  banned: Type.Optional(Type.Boolean()),
})

const BalanceBody = strictObject({
  mode: oneOf(['add', 'set']),
  amount: AmountInput,
  reason: Type.String({ minLength: 1, maxLength: 500 }),
})

export function userAdminRoutes(scope: FastifyInstance, store: Store): void {
  const app = typed(scope)

  app.get(
    '/admin/users',
    {
      config: manage,
      schema: {
        tags,
        summary: 'People who were here, by id',
        querystring: UsersQuery,
        response: { 200: PageOf(UserAnswer) },
      },
    },
    async (request) => {
      const { q, role, banned } = request.query
      const page = await listUsers(store, {
        ...pageOf(request.query),
        ...(q === undefined ? {} : { query: q }),
        ...(role === undefined ? {} : { role }),
        ...(banned === undefined ? {} : { banned }),
      })
      return { ...page, items: page.items.map(toUserAnswer) }
    },
  )

  app.get(
    '/admin/users/:id',
    {
      config: manage,
      schema: {
        tags,
        summary: 'One person',
        params: UserParams,
        response: { 200: UserAnswer, ...refusals('user_not_found') },
      },
    },
    async (request) => toUserAnswer(await findUser(store, userId(request.params.id))),
  )

  app.post(
    '/admin/users/:id/ban',
    {
      config: manage,
      schema: {
        tags,
        summary: 'Shut somebody out; what they have not paid yet is cancelled',
        params: UserParams,
        response: { 200: UserAnswer, ...refusals('user_not_found', 'target_is_admin') },
      },
    },
    async (request) => toUserAnswer(await banUser(store, callerOf(request), userId(request.params.id))),
  )

  app.post(
    '/admin/users/:id/unban',
    {
      config: manage,
      schema: {
        tags,
        summary: 'Let somebody in again',
        params: UserParams,
        response: { 200: UserAnswer, ...refusals('user_not_found') },
      },
    },
    async (request) => toUserAnswer(await unbanUser(store, callerOf(request), userId(request.params.id))),
  )

  app.put(
    '/admin/users/:id/role',
    {
      config: manage,
      schema: {
        tags,
        summary: 'Make somebody a customer, reseller or admin; it counts from their next request on',
        params: UserParams,
        body: strictObject({ role: RoleWord }),
        response: {
          200: UserAnswer,
          ...refusals('user_not_found', 'illegal_transition', 'last_admin', 'root_admin', 'target_is_banned'),
        },
      },
    },
    async (request) => {
      const change = { user: userId(request.params.id), to: request.body.role }
      return toUserAnswer(await changeRole(store, callerOf(request), change))
    },
  )

  app.post(
    '/admin/users/:id/balance',
    {
      config: { access: { permission: 'balances.adjust' }, idempotencyKey: true },
      schema: {
        tags,
        summary: 'Add to a balance, or set it',
        params: UserParams,
        body: BalanceBody,
        response: {
          200: Type.Object({ id: Type.String(), account_balance: Amount }),
          ...refusals('user_not_found', 'amount_out_of_range', 'amount_not_whole'),
        },
      },
    },
    async (request) => {
      const { mode, amount, reason } = request.body
      const { id } = request.params
      const balance = await adjustBalance(store, callerOf(request), {
        user: userId(id),
        mode,
        amount: parseMoney('IDR', amount),
        reason,
        idempotencyKey: idempotencyKey(request),
      })
      return { id, account_balance: formatMoney('IDR', balance) }
    },
  )
}

function toUserAnswer(user: Profile): Static<typeof UserAnswer> {
  return {
    ...toProfileAnswer(user),
    is_banned: user.isBanned,
    has_blocked_bot: user.hasBlockedBot,
    created_at: user.createdAt,
  }
}
