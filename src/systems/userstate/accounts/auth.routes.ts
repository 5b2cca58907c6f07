import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { callerOf, identityOf } from '../../../platform/access/identity.ts'
import { endSession, liveSessions, revokeSessions } from '../../../platform/access/tokens.ts'
import { rateLimit } from '../../../platform/http/rate-limit.ts'
import { Instant, nullable, strictObject } from '../../../platform/http/schemas.ts'
import { typed } from '../../../platform/http/server.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { FcmId, Platform } from '../devices/device.schemas.ts'
import { disableDevice } from '../devices/devices.ts'
import { refusals } from '../house/schemas.ts'
import type { Store } from '../store.ts'
import {
  EmailInput,
  LoginInput,
  NameInput,
  OtpInput,
  PasswordInput,
  ProfileInputs,
  UsernameInput,
} from './account-rules.ts'
import { login } from './login.ts'
import { ProfileAnswer, toProfileAnswer } from './profile.schemas.ts'
import { register } from './register.ts'

const tags = ['Sign-in']
const open = { access: 'public' } as const
const own = { access: { permission: 'profile.own' } } as const

const tokenFields = {
  access_token: Type.String(),
  token_type: Type.Literal('Bearer'),
  expires_in: Type.Integer({ description: 'Seconds' }),
  refresh_token: Type.String(),
}

const RegisterBody = strictObject({
  ...ProfileInputs,
  username: UsernameInput,
  password: PasswordInput,
  email: EmailInput,
  first_name: NameInput,
  last_name: NameInput,
  referral_code: Type.Optional(Type.String({ minLength: 1, maxLength: 50 })),
})

const LoginBody = strictObject({
  login: LoginInput,
  password: PasswordInput,
  otp: Type.Optional(OtpInput),
  fcm_id: Type.Optional(FcmId),
  platform: Type.Optional(Platform),
})

const LogoutBody = nullable(strictObject({ fcm_id: Type.Optional(FcmId) }))

const SessionAnswer = Type.Object({
  id: Type.String(),
  created_at: Instant,
  last_seen_at: Instant,
  current: Type.Boolean(),
})

export function authRoutes(scope: FastifyInstance, store: Store): void {
  const app = typed(scope)
  const registrations = {
    action: 'register',
    limit: store.config.limits.registrationsPerHour,
    windowSeconds: 3600,
  }

  app.post(
    '/auth/register',
    {
      config: open,
      preHandler: rateLimit(store.kv, registrations),
      schema: {
        tags,
        summary: 'A new account',
        body: RegisterBody,
        response: {
          201: Type.Object({ ...tokenFields, user: ProfileAnswer }),
          ...refusals(
            'username_taken',
            'email_taken',
            'weak_password',
            'referral_code_invalid',
            'referral_not_eligible',
            'rate_limited',
          ),
        },
      },
    },
    async (request, reply) => {
      const { user, tokens } = await register(store, callerOf(request), request.body)
      return reply.code(201).send({ ...tokens, user: toProfileAnswer(user) })
    },
  )

  app.post(
    '/auth/login',
    {
      config: open,
      schema: {
        tags,
        summary: 'Tokens for a username or e-mail address and its password',
        description:
          'Where the account wants a code, the first try answers `otp_required` and mails one; `otp_invalid` is 401 here.',
        body: LoginBody,
        response: {
          200: Type.Object(tokenFields),
          ...refusals(
            'invalid_credentials',
            'account_disabled',
            'otp_required',
            'otp_invalid',
            'otp_expired',
            'otp_locked',
            'otp_resend_too_soon',
            'rate_limited',
          ),
        },
      },
    },
    async (request) => {
      const { fcm_id: fcmId, platform = null, ...input } = request.body
      const device = fcmId === undefined ? {} : { device: { fcmId, platform } }
      return await login(store, callerOf(request), { ...input, ...device })
    },
  )

  app.post(
    '/auth/refresh',
    {
      config: open,
      schema: {
        tags,
        summary: 'New tokens for a refresh token, which works once',
        body: strictObject({ refresh_token: Type.String({ minLength: 1, maxLength: 200 }) }),
        response: { 200: Type.Object(tokenFields), ...refusals('unauthenticated', 'refresh_reused') },
      },
    },
    async (request) => await store.tokens.refresh(request.body.refresh_token),
  )

  app.post(
    '/auth/logout',
    {
      config: own,
      schema: {
        tags,
        summary: 'End this session',
        description: 'With `fcm_id` nothing more is sent to that device.',
        body: LogoutBody,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const { subject: username, sessionId = '' } = identityOf(request)
      const fcmId = request.body?.fcm_id
      await inTransaction(store.db, callerOf(request), async (tx) => {
        await endSession(tx, username, sessionId)
        if (fcmId !== undefined) await disableDevice(tx, { username, fcmId, reason: 'LOGOUT' })
      })
      return reply.code(204).send(null)
    },
  )

  app.post(
    '/auth/logout-all',
    { config: own, schema: { tags, summary: 'End all sessions', response: { 204: Type.Null() } } },
    async (request, reply) => {
      await inTransaction(store.db, callerOf(request), (tx) =>
        revokeSessions(tx, identityOf(request).subject),
      )
      return reply.code(204).send(null)
    },
  )

  app.get(
    '/auth/sessions',
    {
      config: own,
      schema: {
        tags,
        summary: 'Where you are signed in',
        response: { 200: Type.Object({ items: Type.Array(SessionAnswer) }) },
      },
    },
    async (request) => {
      const { subject, sessionId } = identityOf(request)
      const sessions = await liveSessions(store.db, subject)
      return { items: sessions.map((session) => ({ ...session, current: session.id === sessionId })) }
    },
  )

  app.delete(
    '/auth/sessions/:id',
    {
      config: own,
      schema: {
        tags,
        summary: 'End one of them',
        params: strictObject({ id: Type.String({ format: 'uuid' }) }),
        response: { 204: Type.Null(), ...refusals('not_found') },
      },
    },
    async (request, reply) => {
      const { subject } = identityOf(request)
      await inTransaction(store.db, callerOf(request), (tx) => endSession(tx, subject, request.params.id))
      return reply.code(204).send(null)
    },
  )
}
