/** Limits per person or address, counted where all processes see it. */
import type { FastifyRequest, preHandlerAsyncHookHandler } from 'fastify'
import { fail } from '../../kernel/errors.ts'
import type { Kv } from '../kv/kv.ts'

/** What a limit needs of the key-value store: one atomic step of a counter that ends with its window. */
export type Counter = Pick<Kv, 'increment'>

export interface RateLimit {
  /** The middle of the key: `rate:{who}:{action}`. */
  readonly action: string
  readonly limit: number
  readonly windowSeconds: number
}

/** Counts one attempt. @throws rate_limited with `retry_after` in seconds */
export async function countAttempt(counter: Counter, who: string, limit: RateLimit): Promise<void> {
  const { count, resetsInSeconds } = await counter.increment(
    `rate:${who}:${limit.action}`,
    limit.windowSeconds,
  )
  if (count > limit.limit)
    throw fail('rate_limited', { retry_after: Math.max(1, Math.ceil(resetsInSeconds)) })
}

/** The same as a route's preHandler: per identity, or per address where there is none. */
export function rateLimit(counter: Counter, limit: RateLimit): preHandlerAsyncHookHandler {
  return async (request) => countAttempt(counter, whoIs(request), limit)
}

function whoIs(request: FastifyRequest): string {
  return request.identity?.subject ?? `ip:${request.ip}`
}
