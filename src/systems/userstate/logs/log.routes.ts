import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { decodeCursor, toPage } from '../../../kernel/cursor.ts'
import { callerOf } from '../../../platform/access/identity.ts'
import { limitOf, PageOf, pageQuery } from '../../../platform/http/pages.ts'
import { Instant, instantInput } from '../../../platform/http/schemas.ts'
import { typed } from '../../../platform/http/server.ts'
import { fail } from '../errors.ts'
import { recordLook } from '../house/record-look.ts'
import type { Store } from '../store.ts'
import type { Collection, StoredLog } from './document-logs.ts'

/** The last that a Date can hold, in ms. */
const LAST_INSTANT = 8.64e15
const tags = ['Administration']
const config = { access: { permission: 'admin.logs.read' } } as const

const LogAnswer = Type.Object({
  id: Type.String(),
  created_at: Instant,
  estimated_arrival_time: Type.Optional(Instant),
  platform: Type.String(),
  status: Type.String(),
  amount: Type.Integer({ description: 'whole rupiah' }),
  data: Type.String({ description: 'JSON text of what the gateway last said, masked' }),
  createdAt: Instant,
  updatedAt: Instant,
})
const StatsAnswer = Type.Array(
  Type.Object({ status: Type.String(), count: Type.Integer(), total: Type.Integer() }),
)
const query = pageQuery({
  id: Type.Optional(Type.String({ maxLength: 255 })),
  status: Type.Optional(Type.String({ maxLength: 16 })),
  since: Type.Optional(instantInput({ description: 'made at the gateway then or later' })),
  until: Type.Optional(instantInput({ description: 'made at the gateway before' })),
})

/** What the gateway said about checkouts and payouts (UserState, §7.4). */
export function logRoutes(scope: FastifyInstance, store: Store): void {
  logsOf(scope, store, 'checkouts', 'xendit_checkout_logs')
  logsOf(scope, store, 'payouts', 'xendit_payout_logs')
}

function logsOf(scope: FastifyInstance, store: Store, name: string, collection: Collection): void {
  const app = typed(scope)
  app.get(
    `/admin/logs/${name}`,
    {
      config,
      schema: {
        tags,
        summary: `The gateway’s word on ${name}; the look is on record`,
        querystring: query,
        response: { 200: PageOf(LogAnswer) },
      },
    },
    async (request) => {
      const { id, status, since, until, cursor } = request.query
      const limit = limitOf(request.query)
      await recordLook(store, callerOf(request), collection, request.query)
      const rows = await store.logs.find(collection, {
        limit: limit + 1,
        ...(id === undefined ? {} : { id }),
        ...(status === undefined ? {} : { status }),
        ...(since === undefined ? {} : { since: new Date(since) }),
        ...(until === undefined ? {} : { until: new Date(until) }),
        ...(cursor === undefined ? {} : { after: readCursor(cursor) }),
      })
      const page = toPage(rows, limit, ({ createdAt, key }) => [createdAt.getTime(), key], toAnswer)
      return { ...page, items: [...page.items] }
    },
  )
  app.get(
    `/admin/logs/${name}/stats`,
    {
      config,
      schema: { tags, summary: `Number and sum of ${name} per status`, response: { 200: StatsAnswer } },
    },
    async (request) => {
      await recordLook(store, callerOf(request), collection, { stats: true })
      return [...(await store.logs.stats(collection))]
    },
  )
}

function readCursor(cursor: string): { createdAt: Date; key: string } {
  const [at, key] = decodeCursor(cursor, ['number', 'string'] as const)
  if (Math.abs(at) > LAST_INSTANT || !/^[0-9a-f]{24}$/.test(key)) {
    throw fail('bad_request', { reason: 'the cursor is not valid' })
  }
  return { createdAt: new Date(at), key }
}

function toAnswer(log: StoredLog) {
  const { key: _, createdAt, estimatedArrivalTime, loggedAt, ...rest } = log
  return {
    ...rest,
    created_at: createdAt,
    ...(estimatedArrivalTime === undefined ? {} : { estimated_arrival_time: estimatedArrivalTime }),
    createdAt: loggedAt,
  }
}
