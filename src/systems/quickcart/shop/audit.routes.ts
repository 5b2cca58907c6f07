import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { callerOf } from '../../../platform/access/identity.ts'
import { searchAudit } from '../../../platform/audit/search.ts'
import { PageOf, pageOf, pageQuery } from '../../../platform/http/pages.ts'
import { Instant, nullable } from '../../../platform/http/schemas.ts'
import { typed } from '../../../platform/http/server.ts'
import { invalidFields } from '../../../platform/http/validation.ts'
import type { Store } from '../store.ts'
import { proveAudit } from './audit.ts'

const tags = ['Administration']
const config = { access: { permission: 'audit.read' } } as const
const Moment = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}(T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,6})?Z)?$' })

const AuditQuery = pageQuery({
  entity_type: Type.Optional(Type.String({ maxLength: 50 })),
  entity_id: Type.Optional(Type.String({ maxLength: 50 })),
  actor_id: Type.Optional(Type.String({ pattern: '^[1-9]\\d{0,17}$' })),
  action: Type.Optional(Type.String({ maxLength: 50 })),
  from: Type.Optional(Moment),
  to: Type.Optional(Moment),
})

const AuditAnswer = Type.Object({
  id: Type.String(),
  timestamp: Instant,
  actor_id: nullable(Type.String()),
  actor_type: Type.String(),
  entity_type: Type.String(),
  entity_id: Type.String(),
  action: Type.String(),
  before_state: Type.Unknown(),
  after_state: Type.Unknown(),
  context: Type.Unknown(),
  ip_address: nullable(Type.String()),
  row_hash: Type.String(),
})

export function auditRoutes(scope: FastifyInstance, store: Store): void {
  const app = typed(scope)

  app.get(
    '/admin/audit',
    {
      config,
      schema: {
        tags,
        summary: 'Who changed what, newest first',
        querystring: AuditQuery,
        response: { 200: PageOf(AuditAnswer) },
      },
    },
    async (request) => {
      const { entity_type, entity_id, actor_id, action, from, to } = request.query
      const page = await searchAudit(store.audits, {
        ...pageOf(request.query),
        ...(entity_type === undefined ? {} : { entityType: entity_type }),
        ...(entity_id === undefined ? {} : { entityId: entity_id }),
        ...(actor_id === undefined ? {} : { actorId: BigInt(actor_id) }),
        ...(action === undefined ? {} : { action }),
        ...(from === undefined ? {} : { from: momentOf('from', from) }),
        ...(to === undefined ? {} : { to: momentOf('to', to) }),
      })
      const items = page.items.map((row) => ({
        ...row,
        id: String(row.id),
        actor_id: row.actor_id === null ? null : String(row.actor_id),
      }))
      return { ...page, items }
    },
  )

  app.post(
    '/admin/audit/verify',
    {
      config,
      schema: {
        tags,
        summary: 'Prove that nothing was changed or removed',
        response: {
          200: Type.Object({
            ok: Type.Boolean(),
            checked: Type.String(),
            first_bad_id: Type.Optional(Type.String()),
            problem: Type.Optional(Type.String()),
          }),
        },
      },
    },
    async (request) => {
      const { ok, checked, firstBadId, problem } = await proveAudit(store, callerOf(request))
      return {
        ok,
        checked: String(checked),
        ...(firstBadId === undefined ? {} : { first_bad_id: String(firstBadId) }),
        ...(problem === undefined ? {} : { problem }),
      }
    },
  )
}

/** The pattern lets the 99th of a month through. */
function momentOf(field: string, text: string): Date {
  const moment = new Date(text)
  if (Number.isNaN(moment.getTime())) throw invalidFields([{ field, reason: 'must be a date' }])
  return moment
}
