/** The kernel's log as Fastify wants it, and one line per answered request. */
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { Log } from '../../kernel/log.ts'

/** Asked for every few seconds by machines: heard only when debugging. */
const QUIET = /^\/(health|metrics|assets|reference)\b/

declare module 'fastify' {
  interface FastifyReply {
    /** The code of the problem that was answered. */
    problemCode: string | null
  }
}

export function logRequests(app: FastifyInstance, log: Log): void {
  app.decorateReply('problemCode', null)
  app.addHook('onResponse', async (request, reply) => {
    // Pattern and ids only: query strings and bodies hold what nobody wants to find in a log.
    const fields = {
      request_id: request.id,
      method: request.method,
      route: request.routeOptions.url ?? 'none',
      status: reply.statusCode,
      ...(reply.problemCode ? { code: reply.problemCode } : {}),
      ms: Math.round(reply.elapsedTime * 10) / 10,
      ip: request.ip,
      ...(request.identity ? { subject: request.identity.subject } : {}),
    }
    if (QUIET.test(request.routeOptions.url ?? '')) log.debug(fields, 'request')
    else log.info(fields, 'request')
  })
}

export function fastifyLogger(log: Log): FastifyBaseLogger {
  const line = (level: 'debug' | 'info' | 'warn' | 'error') => (first: unknown, second?: unknown) => {
    if (typeof first === 'object' && first !== null)
      log[level](first, typeof second === 'string' ? second : '')
    else log[level]({}, String(first))
  }
  return {
    level: 'info',
    fatal: line('error'),
    error: line('error'),
    warn: line('warn'),
    info: line('info'),
    debug: line('debug'),
    trace: line('debug'),
    silent: () => undefined,
    child: (bindings) => fastifyLogger(log.child(bindings)),
  }
}
