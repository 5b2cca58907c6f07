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
  /** The same, with the label `system` on everything: what several systems declare alike is one gauge of all of them. */
  of(system: string): Metrics
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Whose routes are in this scope; empty for the house's own. */
    system: string
  }
}

/** From 1 ms, a read from memory, to 10 s, the longest call to an outside party. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

export function createMetrics(log: Log): Metrics {
  // A registry of its own: two servers in one process, as in tests, must not share counters.
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const readers = new Map<string, (() => Promise<readonly GaugeReading[]>)[]>()

  function add({ name, help, labelNames = [], read }: GaugeSpec): void {
    const known = readers.get(name)
    if (known) {
      known.push(read)
      return
    }
    const all = [read]
    readers.set(name, all)
    const gauge = new Gauge({
      name,
      help,
      labelNames: [...labelNames],
      registers: [registry],
      async collect() {
        gauge.reset()
        await Promise.all(
          all.map(async (one) => {
            try {
              for (const { labels = {}, value } of await one()) gauge.set({ ...labels }, value)
            } catch (error) {
              log.warn({ err: error, gauge: name }, 'a gauge could not be read')
            }
          }),
        )
      },
    })
  }

  const metrics: Metrics = {
    registry,
    gauge: add,
    of: (system) => ({
      ...metrics,
      gauge: ({ labelNames = [], read, ...spec }) =>
        add({
          ...spec,
          labelNames: ['system', ...labelNames],
          read: async () =>
            (await read()).map(({ labels, value }) => ({ labels: { system, ...labels }, value })),
        }),
    }),
  }
  return metrics
}

export function metricsRoutes(app: FastifyInstance, { registry }: Metrics): void {
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the request line to the end of the answer',
    labelNames: ['system', 'method', 'route', 'status'],
    buckets: SECONDS,
    registers: [registry],
  })
  app.decorate('system', '')
  app.addHook('onResponse', async (request, reply) => {
    // The route's pattern, not the address: ids would make a series each.
    const route = request.routeOptions.url ?? 'none'
    const { system } = request.server
    const labels = { system, method: request.method, route, status: reply.statusCode }
    duration.observe(labels, reply.elapsedTime / 1000)
  })
  app.get(
    '/metrics',
    { config: { access: 'public' }, schema: { tags: ['Operations'], summary: 'Prometheus metrics' } },
    async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()),
  )
}
