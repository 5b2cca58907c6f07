/**
 * How many requests a person or a service may send in a minute, over all processes together
 * ([decision 0022](../../../docs/decisions/0022-general-limits-by-the-handful.md)).
 */
import type { FastifyInstance } from 'fastify'
import type { Clock } from '../../kernel/clock.ts'
import { fail } from '../../kernel/errors.ts'
import type { Identity } from '../access/identity.ts'
import type { Counter } from './rate-limit.ts'

export interface CallerLimits {
  readonly counter: Counter
  readonly clock: Clock
  /** Requests in a minute. A service counts as one, whichever of its keys it uses. */
  readonly perMinute: Readonly<Record<Identity['kind'], number>>
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Set by `limitCallers`: it may answer rate_limited. */
    callerLimit?: boolean
  }
}

/** For all routes of this scope that ask who is there. */
export function limitCallers(scope: FastifyInstance, limits: CallerLimits): void {
  const admit = callerLimit(limits)
  // The first step behind the guard, before the body is read.
  scope.addHook('preParsing', async ({ identity }) => {
    if (identity) await admit(identity)
  })
  scope.addHook('onRoute', (route) => {
    if (route.config?.access !== 'public') route.config = { ...route.config, callerLimit: true }
  })
}

const WINDOW_SECONDS = 60
/** A twentieth of a limit is taken at a time: few questions, and little lost where a process takes more than it needs. */
const HANDFULS = 20
/** When so many callers were seen they are forgotten: what they had left is lost, and they take anew. */
const MOST_CALLERS = 50_000

interface Handful {
  left: number
  /** There is no more behind it until `endsAt`. */
  readonly isLast: boolean
  /** By our clock; never later than the window of the counter. */
  readonly endsAt: number
}

/**
 * Requests are taken from the shared counter by the handful and spent from memory, so that most ask nobody; who has used up the
 * minute is refused from memory too, however hard they knock.
 */
function callerLimit({ counter, clock, perMinute }: CallerLimits) {
  const handfuls = new Map<string, Promise<Handful>>()

  async function take(key: string, limit: number): Promise<Handful> {
    const askedAt = clock.now().getTime()
    const size = Math.ceil(limit / HANDFULS)
    const { count, resetsInSeconds } = await counter.increment(key, WINDOW_SECONDS, size)
    const left = Math.max(0, Math.min(size, limit - (count - size)))
    return { left, isLast: count >= limit, endsAt: askedAt + resetsInSeconds * 1000 }
  }

  function takeOnce(key: string, limit: number): void {
    if (handfuls.size >= MOST_CALLERS) handfuls.clear()
    const handful = take(key, limit)
    handfuls.set(key, handful)
    handful.catch(() => handfuls.delete(key))
  }

  /** @throws rate_limited with `retry_after` in seconds */
  return async ({ kind, subject }: Identity): Promise<void> => {
    const key = `rate:${kind}:${subject}:all`
    for (;;) {
      const known = handfuls.get(key)
      const handful = await known
      const leftMs = (handful?.endsAt ?? 0) - clock.now().getTime()
      if (handful && leftMs > 0 && handful.left > 0) {
        handful.left -= 1
        return
      }
      if (handful?.isLast && leftMs > 0) throw fail('rate_limited', { retry_after: Math.ceil(leftMs / 1000) })
      // Of many who found nothing left at once the first takes more; the others look at what it took.
      if (handfuls.get(key) === known) takeOnce(key, perMinute[kind])
    }
  }
}
