/** Prometheus metrics: requests, the process, and gauges that others read off their tables at scrape time. */
import type { FastifyInstance } from 'fastify'
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Log } from '../../kernel/log.ts'

export interface GaugeReading {
  readonly labels?: Readonly<Record<string, string>>
  readonly value: number
}

export interface GaugeSpec {
  /** "niaga_audit_outbox_waiting" */
  readonly name: string
  readonly help: string
  readonly labelNames?: readonly string[]
  /** Runs on every scrape, so one cheap query; where it throws, the gauge is left out and the log says why. */
  read(): Promise<readonly GaugeReading[]>
}

export interface Metrics {
  readonly registry: Registry
  gauge(spec: GaugeSpec): void
}

/** From 1 ms, a read from memory, to 10 s, the longest call to an outside party. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

export function createMetrics(log: Log): Metrics {
  // A registry of its own: two servers in one process, as in tests, must not share counters.
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  return {
    registry,
    gauge({ name, help, labelNames = [], read }) {
      const gauge = new Gauge({
        name,
        help,
        labelNames: [...labelNames],
        registers: [registry],
        async collect() {
          gauge.reset()
          try {
            for (const { labels = {}, value } of await read()) gauge.set({ ...labels }, value)
          } catch (error) {
            log.warn({ err: error, gauge: name }, 'a gauge could not be read')
          }
        },
      })
    },
  }
}

export function metricsRoutes(app: FastifyInstance, { registry }: Metrics): void {
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the request line to the end of the answer',
    labelNames: ['method', 'route', 'status'],
    buckets: SECONDS,
    registers: [registry],
  })
  app.addHook('onResponse', async (request, reply) => {
    // The route's pattern, not the address: ids would make a series each.
    const route = request.routeOptions.url ?? 'none'
    duration.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000)
  })
  app.get(
    '/metrics',
    { config: { access: 'public' }, schema: { tags: ['Operations'], summary: 'Prometheus metrics' } },
    async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()),
  )
}
