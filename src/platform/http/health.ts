/** Health for load balancers and people: alive, ready, and which database is how far away. */
import type { FastifyInstance } from 'fastify'
import { type Static, Type } from 'typebox'
import { nullable, oneOf } from './schemas.ts'

const DatabaseHealth = Type.Object({
  system: Type.String(),
  name: Type.String(),
  status: oneOf(['up', 'down']),
  latency_ms: nullable(Type.Number()),
})
export type DatabaseHealth = Static<typeof DatabaseHealth>

export interface HealthProbes {
  /** False while the process starts or ends. */
  ready(): boolean
  /** Asks every database something trivial; a dead one is `down`, never an exception. */
  databases(): Promise<DatabaseHealth[]>
}

const Status = Type.Object({ status: Type.String() })
const Databases = Type.Object({ status: oneOf(['up', 'down']), databases: Type.Array(DatabaseHealth) })
const tags = ['Operations']

export function healthRoutes(app: FastifyInstance, probes: HealthProbes): void {
  const config = { access: 'public' } as const

  app.get(
    '/health/live',
    { config, schema: { tags, summary: 'The process answers', response: { 200: Status } } },
    async () => ({ status: 'alive' }),
  )

  app.get(
    '/health/ready',
    {
      config,
      schema: { tags, summary: 'Requests may be sent here', response: { 200: Status, 503: Status } },
    },
    async (_request, reply) => {
      const databases = probes.ready() ? await probes.databases() : []
      const ready = databases.length > 0 && databases.every(({ status }) => status === 'up')
      return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready' })
    },
  )

  app.get(
    '/health/db',
    {
      config,
      schema: {
        tags,
        summary: 'Every database and its latency',
        response: { 200: Databases, 503: Databases },
      },
    },
    async (_request, reply) => {
      const databases = await probes.databases()
      const up = databases.every(({ status }) => status === 'up')
      return reply.code(up ? 200 : 503).send({ status: up ? 'up' : 'down', databases })
    },
  )
}
