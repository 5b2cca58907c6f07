/** Passwords and one-time codes. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { callerOf, identityOf } from '../../../platform/access/identity.ts'
import { rateLimit } from '../../../platform/http/rate-limit.ts'
import { oneOf, strictObject } from '../../../platform/http/schemas.ts'
import { typed } from '../../../platform/http/server.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { refusals } from '../house/schemas.ts'
import type { Store } from '../store.ts'
import { LoginInput, OtpInput, PasswordInput } from './account-rules.ts'
import { issueOtp } from './otp.ts'
import { changePassword, confirmReset, requestReset, verifyReset } from './passwords.ts'
import { verifyEmail } from './verify-code.ts'

const tags = ['Sign-in']
const open = { access: 'public' } as const
const own = { access: { permission: 'profile.own' } } as const

/** From one address. */
const RESETS = { action: 'reset', limit: 30, windowSeconds: 3600 }

export function codeRoutes(scope: FastifyInstance, store: Store): void {
  const app = typed(scope)

  app.post(
    '/auth/password',
    {
      config: own,
      schema: {
        tags,
        summary: 'Another password; all other sessions end',
        body: strictObject({ current_password: PasswordInput, new_password: PasswordInput }),
        response: { 204: Type.Null(), ...refusals('invalid_credentials', 'weak_password', 'rate_limited') },
      },
    },
    async (request, reply) => {
      const { subject: username, sessionId = '' } = identityOf(request)
      const { current_password: current, new_password: next } = request.body
      await changePassword(store, callerOf(request), { username, sessionId, current, next })
      return reply.code(204).send(null)
    },
  )

  app.post(
    '/auth/password-reset',
    {
      config: open,
      preHandler: rateLimit(store.kv, RESETS),
      schema: {
        tags,
        summary: 'Mail a code to whoever that is',
        description: 'Answers the same whether there is such an account or not.',
        body: strictObject({ login: LoginInput }),
        response: { 202: Type.Null(), ...refusals('rate_limited') },
      },
    },
    async (request, reply) => {
      await requestReset(store, callerOf(request), request.body.login)
      return reply.code(202).send(null)
    },
  )

  app.post(
    '/auth/password-reset/verify',
    {
      config: open,
      schema: {
        tags,
        summary: 'A ticket for the code',
        body: strictObject({ login: LoginInput, otp: OtpInput }),
        response: {
          200: Type.Object({ ticket: Type.String(), expires_in: Type.Integer() }),
          ...refusals('otp_invalid', 'otp_expired', 'otp_locked'),
        },
      },
    },
    async (request) => {
      const { ticket, expiresIn } = await verifyReset(store, callerOf(request), request.body)
      return { ticket, expires_in: expiresIn }
    },
  )

  app.post(
    '/auth/password-reset/confirm',
    {
      config: open,
      schema: {
        tags,
        summary: 'A new password for the ticket; all sessions end',
        body: strictObject({
          ticket: Type.String({ minLength: 1, maxLength: 500 }),
          new_password: PasswordInput,
        }),
        response: { 204: Type.Null(), ...refusals('ticket_invalid', 'weak_password') },
      },
    },
    async (request, reply) => {
      const { ticket, new_password: next } = request.body
      await confirmReset(store, callerOf(request), { ticket, next })
      return reply.code(204).send(null)
    },
  )

  app.post(
    '/otp',
    {
      config: own,
      schema: {
        tags,
        summary: 'Mail a code',
        body: strictObject({ purpose: oneOf(['VERIFY_EMAIL', 'PAYOUT']) }),
        response: {
          202: Type.Object({ expires_in: Type.Integer({ description: 'Seconds' }) }),
          ...refusals('otp_resend_too_soon'),
        },
      },
    },
    async (request, reply) => {
      const of = { username: identityOf(request).subject, purpose: request.body.purpose }
      const seconds = await inTransaction(store.db, callerOf(request), (tx) => issueOtp(store, tx, of))
      return reply.code(202).send({ expires_in: seconds })
    },
  )

  app.post(
    '/otp/verify',
    {
      config: own,
      schema: {
        tags,
        summary: 'Confirm your e-mail address',
        description: 'A payout takes its code itself.',
        body: strictObject({ purpose: oneOf(['VERIFY_EMAIL']), otp: OtpInput }),
        response: { 204: Type.Null(), ...refusals('otp_invalid', 'otp_expired', 'otp_locked') },
      },
    },
    async (request, reply) => {
      await verifyEmail(store, callerOf(request), identityOf(request).subject, request.body.otp)
      return reply.code(204).send(null)
    },
  )
}
