/**
 * Redis in front, PostgreSQL behind it. Everything is written to both, so that when Redis goes in the middle of
 * a conversation the session goes on and the limits hold; what could not be written there is written when it
 * is back, before it is asked again.
 */
import type { Log } from '../../kernel/log.ts'
import type { Kv } from './kv.ts'

/** How long Redis is left alone after it failed. */
const REST_MS = 1_000
/** Beyond any set we keep; a set that is copied whole. */
const WHOLE_SET = 100_000

export function failoverKv(front: Kv, behind: Kv, log: Log): Kv {
  const missed = new Map<string, 'value' | 'sorted'>()
  let restsUntil = 0
  let down = false

  function failed(error: unknown): undefined {
    if (!down) log.warn({ error: String(error) }, 'Redis is away: sessions and limits go on in PostgreSQL')
    down = true
    restsUntil = Date.now() + REST_MS
  }

  async function catchUp(): Promise<void> {
    for (const [key, kind] of missed) {
      missed.delete(key)
      try {
        await (kind === 'sorted' ? copySorted(key) : copyValue(key))
      } catch (error) {
        missed.set(key, kind)
        throw error
      }
    }
    if (down) log.info({}, 'Redis is back')
    down = false
  }

  async function copyValue(key: string): Promise<void> {
    const [value, ttl] = await Promise.all([behind.get(key), behind.ttl(key)])
    if (value === undefined || ttl === undefined) await front.delete([key])
    else await front.set(key, value, ttl === null ? null : Math.max(1, Math.ceil(ttl)))
  }

  async function copySorted(key: string): Promise<void> {
    await front.sortedReplace(key, await behind.sortedUpTo(key, Number.POSITIVE_INFINITY, WHOLE_SET))
  }

  /** The front's answer, or nothing where it is away. */
  async function tryFront<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (Date.now() < restsUntil) return undefined
    try {
      if (down || missed.size > 0) await catchUp()
      return await work()
    } catch (error) {
      return failed(error)
    }
  }

  /** The answer of PostgreSQL; Redis gets the same when it can be reached, and later otherwise. */
  async function write<T>(
    keys: readonly string[],
    kind: 'value' | 'sorted',
    work: (kv: Kv) => Promise<T>,
  ): Promise<T> {
    const answer = await work(behind)
    const reached = await tryFront(async () => {
      await work(front)
      return true
    })
    if (!reached) for (const key of keys) missed.set(key, kind)
    return answer
  }

  return {
    async get(key) {
      // A miss may be a Redis that came back empty.
      return (await tryFront(() => front.get(key))) ?? (await behind.get(key))
    },
    async getMany(keys) {
      const found = await tryFront(() => front.getMany(keys))
      if (found?.size === keys.length) return found
      const missing = keys.filter((key) => !found?.has(key))
      return new Map([...(found ?? []), ...(await behind.getMany(missing))])
    },
    set: (key, value, ttlSeconds) => write([key], 'value', (kv) => kv.set(key, value, ttlSeconds)),
    delete: (keys) => write(keys, 'value', (kv) => kv.delete(keys)),
    ttl: (key) => behind.ttl(key),
    // One counter decides, the one that survives: two that are asked in different orders let one too many pass.
    increment: (key, windowSeconds, by) =>
      write([key], 'value', (kv) => kv.increment(key, windowSeconds, by)),
    sortedAdd: (key, member, score) => write([key], 'sorted', (kv) => kv.sortedAdd(key, member, score)),
    sortedRemove: (key, member) => write([key], 'sorted', (kv) => kv.sortedRemove(key, member)),
    sortedReplace: (key, entries) => write([key], 'sorted', (kv) => kv.sortedReplace(key, entries)),
    sortedUpTo: (key, maxScore, limit) => behind.sortedUpTo(key, maxScore, limit),
    async close() {
      await Promise.all([front.close(), behind.close()])
    },
  }
}
