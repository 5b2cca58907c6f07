import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { Type } from 'typebox'
import { callerOf, identityOf } from '../../../platform/access/identity.ts'
import { rateLimit } from '../../../platform/http/rate-limit.ts'
import { typed } from '../../../platform/http/server.ts'
import { refusals } from '../house/schemas.ts'
import type { Store } from '../store.ts'
import { exportOwnData } from './export-own-data.ts'

/** Each reads all there is of somebody. */
const EXPORTS = { action: 'export', limit: 10, windowSeconds: 3600 }

export function exportRoutes(scope: FastifyInstance, store: Store): void {
  typed(scope).get(
    '/users/me/export',
    {
      config: { access: { permission: 'profile.own' } },
      preHandler: rateLimit(store.kv, EXPORTS),
      schema: {
        tags: ['Profile'],
        summary: 'Everything about you, as one document',
        response: { 200: Type.Object({}, { additionalProperties: true }), ...refusals('rate_limited') },
      },
    },
    async (request, reply) => {
      const { subject } = identityOf(request)
      const document = await exportOwnData(store, callerOf(request), subject)
      return await (reply as FastifyReply)
        .header('content-disposition', `attachment; filename="userstate-${encodeURIComponent(subject)}.json"`)
        .header('cache-control', 'no-store')
        .type('application/json; charset=utf-8')
        // No page is read before the one before it is taken: a slow reader costs a page.
        .send(Readable.from(document, { highWaterMark: 1 }))
    },
  )
}
