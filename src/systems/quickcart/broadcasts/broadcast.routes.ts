import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { callerOf } from '../../../platform/access/identity.ts'
import { PageOf, pageOf, pageQuery } from '../../../platform/http/pages.ts'
import { Instant, oneOf, strictObject } from '../../../platform/http/schemas.ts'
import { typed } from '../../../platform/http/server.ts'
import { refusals } from '../shop/schemas.ts'
import type { Store } from '../store.ts'
import type { Broadcast } from './broadcast.queries.ts'
import { cancelBroadcast } from './cancel-broadcast.ts'
import { draftBroadcast } from './draft-broadcast.ts'
import { findBroadcast, listBroadcasts } from './list-broadcasts.ts'
import { sendBroadcast } from './send-broadcast.ts'

const tags = ['Administration']
const config = { access: { permission: 'broadcasts.manage' } } as const
const Status = oneOf(['draft', 'sending', 'done', 'cancelled'])
const params = strictObject({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })

const BroadcastAnswer = Type.Object({
  id: Type.Integer(),
  kind: oneOf(['message', 'giveaway']),
  body: Type.String(),
  status: Status,
  total_count: Type.Integer({ description: 'people it goes to; grows while they are being looked up' }),
  sent_count: Type.Integer(),
  failed_count: Type.Integer({
    description: 'who blocked the bot, was banned or erased, or could not be reached',
  }),
  created_by: Type.String(),
  created_at: Instant,
})

export function broadcastRoutes(scope: FastifyInstance, store: Store): void {
  const app = typed(scope)

  app.post(
    '/admin/broadcasts',
    {
      config,
      schema: {
        tags,
        summary: 'Draft a message to everybody',
        description: 'Nothing is sent yet. Plain text of up to 4096 characters.',
        body: strictObject({ body: Type.String({ minLength: 1, maxLength: 100_000 }) }),
        response: { 201: BroadcastAnswer, ...refusals('message_too_long') },
      },
    },
    async (request, reply) => {
      const draft = await draftBroadcast(store, callerOf(request), { body: request.body.body })
      return reply.code(201).send(toAnswer(draft))
    },
  )

  app.post(
    '/admin/broadcasts/:id/send',
    {
      config,
      schema: {
        tags,
        summary: 'Send it',
        description: 'Once, however often.',
        params,
        response: { 200: BroadcastAnswer, ...refusals('broadcast_not_found', 'broadcast_cancelled') },
      },
    },
    async (request) => {
      const { id } = request.params
      await sendBroadcast(store, callerOf(request), id)
      return toAnswer(await findBroadcast(store, id))
    },
  )

  app.post(
    '/admin/broadcasts/:id/cancel',
    {
      config,
      schema: {
        tags,
        summary: 'Give the draft up, or send nobody else',
        params,
        response: { 200: BroadcastAnswer, ...refusals('broadcast_not_found', 'broadcast_done') },
      },
    },
    async (request) => {
      const { id } = request.params
      await cancelBroadcast(store, callerOf(request), id)
      return toAnswer(await findBroadcast(store, id))
    },
  )

  app.get(
    '/admin/broadcasts',
    {
      config,
      schema: {
        tags,
        summary: 'Broadcasts and giveaways, newest first',
        querystring: pageQuery({ status: Type.Optional(Status) }),
        response: { 200: PageOf(BroadcastAnswer) },
      },
    },
    async (request) => {
      const { status } = request.query
      const page = await listBroadcasts(store, {
        ...pageOf(request.query),
        ...(status === undefined ? {} : { status }),
      })
      return { ...page, items: page.items.map(toAnswer) }
    },
  )

  app.get(
    '/admin/broadcasts/:id',
    {
      config,
      schema: {
        tags,
        summary: 'How far it is',
        params,
        response: { 200: BroadcastAnswer, ...refusals('broadcast_not_found') },
      },
    },
    async (request) => toAnswer(await findBroadcast(store, request.params.id)),
  )
}

function toAnswer({ id, created_by: author, ...broadcast }: Broadcast) {
  return { ...broadcast, id: Number(id), created_by: String(author) }
}
