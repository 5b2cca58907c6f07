import type { FastifyInstance } from 'fastify'
import { type Static, Type } from 'typebox'
import {
  type TelegramLogin,
  verifyInitData,
  verifyLoginWidget,
} from '../../../gateways/telegram/verification.ts'
import { formatMoney } from '../../../kernel/money.ts'
import type { Tokens } from '../../../platform/access/tokens.ts'
import { Amount, nullable, oneOf, strictObject } from '../../../platform/http/schemas.ts'
import { typed } from '../../../platform/http/server.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { fail } from '../errors.ts'
import { refusals } from '../shop/schemas.ts'
import type { Store } from '../store.ts'
import type { Profile } from './profile.ts'
import { registerContact } from './register-contact.ts'
import { userId } from './user-id.ts'

const tags = ['Sign-in']
const config = { access: 'public' } as const

export const ProfileAnswer = Type.Object({
  id: Type.String(),
  name: Type.String(),
  username: nullable(Type.String()),
  email: nullable(Type.String()),
  whatsapp_number: nullable(Type.String()),
  role: oneOf(['customer', 'reseller', 'admin']),
  bank_id: Type.String(),
  account_balance: Amount,
})

const tokenFields = {
  access_token: Type.String(),
  token_type: Type.Literal('Bearer'),
  expires_in: Type.Integer({ description: 'Seconds' }),
  refresh_token: Type.String(),
}

const LoginBody = strictObject({
  init_data: Type.Optional(
    Type.String({ minLength: 1, maxLength: 4096, description: 'of a Telegram Mini App' }),
  ),
  login: Type.Optional(
    Type.Record(Type.String(), Type.Union([Type.String(), Type.Integer()]), {
      description: 'of the Telegram Login Widget',
    }),
  ),
})

const RefreshBody = strictObject({ refresh_token: Type.String({ minLength: 1, maxLength: 200 }) })

export function signInRoutes(scope: FastifyInstance, store: Store, tokens: Tokens): void {
  const app = typed(scope)

  app.post(
    '/auth/telegram',
    {
      config,
      schema: {
        tags,
        summary: 'Sign in with what Telegram signed',
        body: LoginBody,
        response: {
          200: Type.Object({ ...tokenFields, user: ProfileAnswer }),
          ...refusals('telegram_auth_invalid', 'telegram_auth_expired', 'banned', 'no_bank_id_left'),
        },
      },
    },
    async (request) => {
      const user = await signIn(store, request.body, request.ip, request.id)
      return { ...(await tokens.issue(String(user.id))), user: toProfileAnswer(user) }
    },
  )

  app.post(
    '/auth/refresh',
    {
      config,
      schema: {
        tags,
        summary: 'New tokens for a refresh token, which works once',
        body: RefreshBody,
        response: { 200: Type.Object(tokenFields), ...refusals('unauthenticated', 'refresh_reused') },
      },
    },
    async (request) => await tokens.refresh(request.body.refresh_token),
  )

  app.post(
    '/auth/logout',
    {
      config,
      schema: { tags, summary: 'End the session', body: RefreshBody, response: { 204: Type.Null() } },
    },
    async (request, reply) => {
      await tokens.revoke(request.body.refresh_token)
      return reply.code(204).send(null)
    },
  )
}

/** @throws telegram_auth_invalid, telegram_auth_expired, banned */
async function signIn(
  store: Store,
  body: Static<typeof LoginBody>,
  ip: string,
  correlationId: string,
): Promise<Profile> {
  const proof = verify(store, body)
  if (!proof.ok) throw fail(proof.reason === 'expired' ? 'telegram_auth_expired' : 'telegram_auth_invalid')
  const { id, firstName, username } = proof.user
  const { user } = await registerContact(store, {
    id: userId(id),
    firstName,
    username,
    isIntroduction: true,
  })
  if (user.isBanned) throw fail('banned')
  const caller = {
    type: user.role === 'admin' ? 'admin' : 'user',
    id: String(id),
    ip,
    correlationId,
  } as const
  await inTransaction(store.db, caller, (tx) =>
    tx.run(sql`select audit.emit('login', 'users', ${String(id)}, ${user.id})`),
  )
  return user
}

function verify(store: Store, { init_data: initData, login }: Static<typeof LoginBody>): TelegramLogin {
  const { token } = store.config.telegram
  const now = store.clock.now()
  if (initData !== undefined) return verifyInitData(initData, token, now)
  if (login !== undefined) return verifyLoginWidget(login, token, now)
  return { ok: false, reason: 'invalid' }
}

export function toProfileAnswer(user: Profile): Static<typeof ProfileAnswer> {
  return {
    id: String(user.id),
    name: user.name,
    username: user.username,
    email: user.email,
    whatsapp_number: user.whatsappNumber,
    role: user.role,
    bank_id: user.bankId,
    account_balance: formatMoney('IDR', user.balance),
  }
}
