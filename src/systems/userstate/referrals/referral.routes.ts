import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { callerOf, identityOf } from '../../../platform/access/identity.ts'
import { PageOf, pageOf, pageQuery } from '../../../platform/http/pages.ts'
import { Instant, nullable, oneOf, strictObject } from '../../../platform/http/schemas.ts'
import { typed } from '../../../platform/http/server.ts'
import { refusals } from '../house/schemas.ts'
import type { Store } from '../store.ts'
import { applyReferral, listInvited, readOwnReferral } from './referrals.ts'

const tags = ['Referrals']
const config = { access: { permission: 'referrals.own' } } as const

const Status = oneOf(['PENDING', 'COMPLETED', 'EXPIRED'])
const OwnAnswer = Type.Object({
  code: nullable(Type.String()),
  status: nullable(Status),
  totals: Type.Object({ total: Type.Integer(), pending: Type.Integer(), completed: Type.Integer() }),
})
const InvitedAnswer = Type.Object({
  id: Type.Integer(),
  username: Type.String(),
  status: Status,
  created_at: Instant,
  expires_at: nullable(Instant),
})

export function referralRoutes(scope: FastifyInstance, store: Store): void {
  const app = typed(scope)

  const own = async (username: string) => {
    const { code, status, ...totals } = await readOwnReferral(store, username)
    return { code, status, totals }
  }

  app.get(
    '/referrals/me',
    {
      config,
      schema: { tags, summary: 'Your code, and what came of it', response: { 200: OwnAnswer } },
    },
    async (request) => await own(identityOf(request).subject),
  )

  app.get(
    '/referrals',
    {
      config,
      schema: {
        tags,
        summary: 'Whom you invited, newest first',
        querystring: pageQuery({}),
        response: { 200: PageOf(InvitedAnswer) },
      },
    },
    async (request) => {
      const page = await listInvited(store, identityOf(request).subject, pageOf(request.query))
      return { ...page, items: [...page.items] }
    },
  )

  app.post(
    '/referrals',
    {
      config,
      schema: {
        tags,
        summary: 'Say who invited you: once for life',
        body: strictObject({ referral_code: Type.String({ minLength: 1, maxLength: 50 }) }),
        response: {
          201: OwnAnswer,
          ...refusals(
            'referral_code_invalid',
            'referral_self',
            'referral_already_applied',
            'referral_not_eligible',
            'referral_circular',
          ),
        },
      },
    },
    async (request, reply) => {
      const { subject } = identityOf(request)
      await applyReferral(store, callerOf(request), subject, request.body.referral_code)
      return reply.code(201).send(await own(subject))
    },
  )
}
