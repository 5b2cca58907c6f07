/** The permanent record, for admins. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { type AuditFilter, searchAudit } from '../../../platform/audit/search.ts'
import { PageOf, pageOf, pageQuery } from '../../../platform/http/pages.ts'
import { Instant, nullable } from '../../../platform/http/schemas.ts'
import { typed } from '../../../platform/http/server.ts'
import type { Store } from '../store.ts'

const Word = Type.Optional(Type.String({ minLength: 1, maxLength: 255 }))

const RecordAnswer = Type.Object({
  id: Type.String(),
  timestamp: Instant,
  actor: nullable(Type.String()),
  actor_type: Type.String(),
  entity_type: Type.String(),
  entity_id: Type.String(),
  action: Type.String(),
  before: Type.Unknown(),
  after: Type.Unknown(),
  context: Type.Unknown(),
  ip: nullable(Type.String()),
})

export function recordRoutes(scope: FastifyInstance, store: Store): void {
  typed(scope).get(
    '/admin/audit',
    {
      config: { access: { permission: 'admin.audit' } },
      schema: {
        tags: ['Administration'],
        summary: 'What happened, newest first',
        querystring: pageQuery({ entity_type: Word, entity_id: Word, action: Word, actor: Word }),
        response: { 200: PageOf(RecordAnswer) },
      },
    },
    async (request) => {
      const { entity_type: entityType, entity_id: entityId, action, actor } = request.query
      const filter: AuditFilter = {
        ...pageOf(request.query),
        ...(entityType === undefined ? {} : { entityType }),
        ...(entityId === undefined ? {} : { entityId }),
        ...(action === undefined ? {} : { action }),
        ...(actor === undefined ? {} : { actor }),
      }
      const page = await searchAudit(store.audits, filter)
      return {
        ...page,
        items: page.items.map((row) => ({
          id: String(row.id),
          timestamp: row.timestamp,
          actor: row.actor,
          actor_type: row.actor_type,
          entity_type: row.entity_type,
          entity_id: row.entity_id,
          action: row.action,
          before: row.before_state,
          after: row.after_state,
          context: row.context,
          ip: row.ip_address,
        })),
      }
    },
  )
}
