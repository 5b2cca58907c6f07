/** Finance looks at the gateway's callbacks, and has one worked off again: what it did is not done twice. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Caller } from '../../../kernel/caller.ts'
import { decodeCursor, toPage } from '../../../kernel/cursor.ts'
import { callerOf } from '../../../platform/access/identity.ts'
import { limitOf, PageOf, pageQuery } from '../../../platform/http/pages.ts'
import { Instant, nullable, oneOf, strictObject } from '../../../platform/http/schemas.ts'
import { typed } from '../../../platform/http/server.ts'
import { listInbox, replayInbox } from '../../../platform/inbox/inbox.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { fail } from '../errors.ts'
import { refusals } from '../house/schemas.ts'
import type { Store } from '../store.ts'

const tags = ['Administration']
const config = { access: { permission: 'admin.money' } } as const

const EventAnswer = Type.Object({
  id: Type.String(),
  source: Type.String(),
  event_id: Type.String(),
  status: oneOf(['received', 'processing', 'processed', 'failed', 'unmatched', 'unconfirmed']),
  received_at: Instant,
  attempts: Type.Integer(),
  last_error: nullable(Type.String()),
})

export function callbackAdminRoutes(scope: FastifyInstance, store: Store): void {
  const app = typed(scope)

  app.get(
    '/admin/webhooks',
    {
      config,
      schema: {
        tags,
        summary: 'Callbacks of the gateway, newest first',
        querystring: pageQuery({
          attention: Type.Optional(
            Type.Boolean({ description: 'only what failed, matched nothing or was never confirmed' }),
          ),
        }),
        response: { 200: PageOf(EventAnswer) },
      },
    },
    async ({ query }) => {
      const limit = limitOf(query)
      const { attention = false, cursor } = query
      const beforeId = cursor === undefined ? undefined : decodeCursor(cursor, ['number'] as const)[0]
      const rows = await listInbox(store.db, { attention, limit: limit + 1, beforeId })
      const page = toPage(
        rows,
        limit,
        ({ id }) => [Number(id)],
        ({ id, ...row }) => ({ ...row, id: String(id) }),
      )
      return { ...page, items: [...page.items] }
    },
  )

  app.post(
    '/admin/webhooks/:id/replay',
    {
      config,
      schema: {
        tags,
        summary: 'Work it off again, from the start',
        params: strictObject({ id: Type.Integer({ minimum: 1 }) }),
        response: { 202: Type.Object({ id: Type.String() }), ...refusals('not_found') },
      },
    },
    async (request, reply) => {
      const id = BigInt(request.params.id)
      await replay(store, callerOf(request), id)
      return reply.code(202).send({ id: String(id) })
    },
  )
}

/** One that is open anyway stays so. @throws not_found */
async function replay(store: Store, caller: Caller, id: bigint): Promise<void> {
  await inTransaction(store.db, caller, async (tx) => {
    if (await replayInbox(tx, id)) await tx.run(sql`select audit.emit('replay', 'webhook', ${String(id)})`)
    else if (!(await tx.maybeOne(sql`select from niaga.inbox where id = ${id}`))) throw fail('not_found')
  })
}
