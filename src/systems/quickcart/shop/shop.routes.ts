import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { formatMoney } from '../../../kernel/money.ts'
import { Amount, Instant, oneOf } from '../../../platform/http/schemas.ts'
import { typed } from '../../../platform/http/server.ts'
import type { Store } from '../store.ts'
import { shopHealth } from './health.ts'
import { adminStats, shopStats, topBuyers } from './stats.ts'

const tags = ['Shop']
const open = { access: 'public' } as const
const Service = oneOf(['up', 'down', 'not configured'])

const HealthAnswer = Type.Object({
  status: oneOf(['healthy', 'degraded', 'down']),
  timestamp: Instant,
  services: Type.Object({
    database: Service,
    audit_database: Service,
    redis: Service,
    telegram: Service,
    pakasir_api: Service,
  }),
})

export function shopRoutes(scope: FastifyInstance, store: Store): void {
  const app = typed(scope)

  app.get(
    '/health',
    {
      config: open,
      schema: {
        tags,
        summary: 'The shop and whom it depends on',
        response: { 200: HealthAnswer, 503: HealthAnswer },
      },
    },
    async (_request, reply) => {
      const health = await shopHealth(store)
      return reply.code(health.status === 'down' ? 503 : 200).send(health)
    },
  )

  app.get(
    '/stats',
    {
      config: open,
      schema: {
        tags,
        summary: 'How many people and sales',
        response: { 200: Type.Object({ total_users: Type.Integer(), total_transactions: Type.Integer() }) },
      },
    },
    async () => {
      const { totalUsers, totalTransactions } = await shopStats(store)
      return { total_users: totalUsers, total_transactions: totalTransactions }
    },
  )

  app.get(
    '/top-buyers',
    {
      config: open,
      schema: {
        tags,
        summary: 'Who bought most often in thirty days, masked',
        response: {
          200: Type.Object({
            items: Type.Array(Type.Object({ name: Type.String(), orders: Type.Integer() })),
          }),
        },
      },
    },
    async () => ({ items: [...(await topBuyers(store))] }),
  )

  app.get(
    '/admin/stats',
    {
      config: { access: { permission: 'stats.read' } },
      schema: {
        tags: ['Administration'],
        summary: 'The figures of the day',
        response: {
          200: Type.Object({
            total_users: Type.Integer(),
            total_transactions: Type.Integer(),
            active_orders: Type.Integer(),
            revenue_today: Amount,
            top_products: Type.Array(
              Type.Object({ id: Type.Integer(), name: Type.String(), sold_count: Type.Integer() }),
            ),
          }),
        },
      },
    },
    async () => {
      const stats = await adminStats(store)
      return {
        total_users: stats.totalUsers,
        total_transactions: stats.totalTransactions,
        active_orders: stats.activeOrders,
        revenue_today: formatMoney('IDR', stats.revenueToday),
        top_products: [...stats.topProducts],
      }
    },
  )
}
