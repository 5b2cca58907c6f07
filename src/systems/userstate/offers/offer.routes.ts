import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { decodeCursor, toPage } from '../../../kernel/cursor.ts'
import { callerOf, identityOf } from '../../../platform/access/identity.ts'
import { limitOf, PageOf, pageQuery } from '../../../platform/http/pages.ts'
import { Instant, nullable, strictObject } from '../../../platform/http/schemas.ts'
import { typed } from '../../../platform/http/server.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import type { Store } from '../store.ts'
import { markRead, selectOffers } from './offers.ts'

const OfferAnswer = Type.Object({
  id: Type.Integer(),
  name: Type.String(),
  telp: Type.String(),
  message: Type.String(),
  created_at: Instant,
  read_at: nullable(Instant),
})

/** What somebody was offered (UserState, U20). */
export function offerRoutes(scope: FastifyInstance, store: Store): void {
  const app = typed(scope)
  const tags = ['Offers']
  const config = { access: { permission: 'offers.own' } } as const

  app.get(
    '/offers',
    {
      config,
      schema: {
        tags,
        summary: 'Your offers, newest first',
        querystring: pageQuery({}),
        response: { 200: PageOf(OfferAnswer) },
      },
    },
    async (request) => {
      const { cursor } = request.query
      const limit = limitOf(request.query)
      const rows = await selectOffers(store.db, identityOf(request).subject, {
        limit,
        ...(cursor === undefined ? {} : { beforeId: decodeCursor(cursor, ['number'] as const)[0] }),
      })
      const page = toPage(
        rows,
        limit,
        (row) => [row.msg_id],
        ({ msg_id: id, ...rest }) => ({ id, ...rest }),
      )
      return { ...page, items: [...page.items] }
    },
  )

  app.post(
    '/offers/:id/read',
    {
      config,
      schema: {
        tags,
        summary: 'You have read it',
        params: strictObject({ id: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }) }),
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const { subject } = identityOf(request)
      await inTransaction(store.db, callerOf(request), (tx) => markRead(tx, subject, request.params.id))
      return reply.code(204).send(null)
    },
  )
}
