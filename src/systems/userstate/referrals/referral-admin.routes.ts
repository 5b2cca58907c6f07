import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { strictObject } from '../../../platform/http/schemas.ts'
import { typed } from '../../../platform/http/server.ts'
import type { Store } from '../store.ts'
import { readReferralStats, readTopReferrers } from './referral-analytics.ts'

const tags = ['Administration']
const config = { access: { permission: 'admin.referrals.read' } } as const
const querystring = strictObject({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 10 })),
})
const MOST = 10

const StatsAnswer = Type.Object({
  items: Type.Array(
    Type.Object({
      referrer: Type.String(),
      total_referrals: Type.Integer(),
      completed: Type.Integer(),
      pending: Type.Integer(),
    }),
  ),
})
const TopAnswer = Type.Object({
  items: Type.Array(
    Type.Object({
      submitted_by: Type.String(),
      first_name: Type.String(),
      last_name: Type.String(),
      referral_count: Type.Integer(),
    }),
  ),
})

export function referralAdminRoutes(scope: FastifyInstance, store: Store): void {
  const app = typed(scope)

  app.get(
    '/admin/referrals/stats',
    {
      config,
      schema: { tags, summary: 'Who invited how many', querystring, response: { 200: StatsAnswer } },
    },
    async ({ query: { limit = MOST } }) => ({ items: await readReferralStats(store, limit) }),
  )

  app.get(
    '/admin/referrals/top',
    {
      config,
      schema: { tags, summary: 'Whose friends stayed', querystring, response: { 200: TopAnswer } },
    },
    async ({ query: { limit = MOST } }) => ({ items: await readTopReferrers(store, limit) }),
  )
}
