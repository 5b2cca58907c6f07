/** A listening server for tests, with whatever routes they need; closed after the test. */
import type { TestContext } from 'node:test'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import type { ErrorCatalogue } from '../../kernel/errors.ts'
import { type Log, silentLog } from '../../kernel/log.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { createHttpServer } from './server.ts'

export interface TestServer {
  readonly app: FastifyInstance
  readonly url: string
  readonly port: number
  readonly metrics: Metrics
}

export async function testServer(
  t: TestContext,
  routes: (app: FastifyInstance) => unknown,
  { errors = {}, log = silentLog }: { errors?: ErrorCatalogue; log?: Log } = {},
): Promise<TestServer> {
  const metrics = createMetrics(log)
  const app = await createHttpServer({
    log,
    errors,
    version: '0.0.0',
    baseUrl: 'http://127.0.0.1',
    metrics,
    health: {
      ready: () => true,
      databases: async () => [{ system: 'shop', name: 'db_shop', status: 'up', latency_ms: 0.4 }],
    },
    trustedProxies: [],
  })
  const plugin: FastifyPluginAsync = async (scope) => {
    await routes(scope)
  }
  await app.register(plugin)
  t.after(() => app.close())
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  return { app, url, port: Number(new URL(url).port), metrics }
}

/** The answer's status, headers and parsed body. */
export async function call(
  url: string,
  init: RequestInit & { json?: unknown } = {},
): Promise<{ status: number; headers: Headers; body: Record<string, unknown> }> {
  const { json, ...rest } = init
  const answer = await fetch(url, {
    ...rest,
    ...(json === undefined ? {} : { method: rest.method ?? 'POST', body: JSON.stringify(json) }),
    headers: { ...(json === undefined ? {} : { 'content-type': 'application/json' }), ...rest.headers },
  })
  const text = await answer.text()
  const isJson = /json/.test(answer.headers.get('content-type') ?? '')
  const body: Record<string, unknown> = isJson && text !== '' ? JSON.parse(text) : { text }
  return { status: answer.status, headers: answer.headers, body }
}
