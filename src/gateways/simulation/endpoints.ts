/** The endpoints of a simulated gateway, on good days and on bad ones. */
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Faults } from './faults.ts'
import { SimulatorRefusal } from './refusal.ts'

/** The party's own words for what a fault refuses with. */
export interface RefusalCodes {
  readonly tooManyRequests: string
  readonly serverError: string
  readonly rejected: string
}

/**
 * Answers one call of `endpoint` with what `work` returns, or as the fault in force wants it. Calls that are never
 * answered hang until the caller gives up or the server closes.
 */
export type Serve<Endpoint extends string> = (
  endpoint: Endpoint,
  reply: FastifyReply,
  work: () => object,
) => object

export function servingWith<Endpoint extends string>(
  app: FastifyInstance,
  faults: Faults<Endpoint>,
  codes: RefusalCodes,
): Serve<Endpoint> {
  const hung = new Set<FastifyReply>()
  app.addHook('preClose', async () => {
    for (const reply of hung) reply.raw.destroy()
  })
  const neverAnswer = (reply: FastifyReply) => {
    reply.hijack()
    hung.add(reply)
    reply.raw.once('close', () => hung.delete(reply))
    return reply
  }
  return (endpoint, reply, work) => {
    switch (faults.take(endpoint)) {
      case undefined:
        return work()
      case 'too_many_requests':
        throw new SimulatorRefusal(429, codes.tooManyRequests, 'Too many requests')
      case 'server_error':
        throw new SimulatorRefusal(500, codes.serverError, 'Internal server error')
      case 'rejected':
        throw new SimulatorRefusal(400, codes.rejected, 'The request was rejected')
      case 'malformed':
        return reply.type('text/html').send('<h1>Be right back</h1>')
      case 'outage':
        reply.hijack()
        reply.raw.destroy()
        return reply
      case 'timeout_after_effect':
        work()
        return neverAnswer(reply)
      case 'timeout':
        return neverAnswer(reply)
    }
  }
}
