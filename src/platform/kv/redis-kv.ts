/** `Kv` on Redis. Its times to live are real time: a sandbox clock does not reach them. */
import { createClient } from 'redis'
import type { Log } from '../../kernel/log.ts'
import type { Count, Kv, SortedEntry } from './kv.ts'

/** Longer than a healthy Redis ever takes, short enough for a person who waits while it is down. */
const TIMEOUT_MS = 500

// Count and end as one step, or a crash between them leaves a counter that never resets.
const INCREMENT = `local n = redis.call('INCRBY', KEYS[1], ARGV[2])
if n < 0 then
  redis.call('SET', KEYS[1], 0, 'KEEPTTL')
  n = 0
end
if redis.call('TTL', KEYS[1]) < 0 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return {n, redis.call('PTTL', KEYS[1])}`

export class RedisKv implements Kv {
  readonly #client
  readonly #prefix: string
  readonly #at = (key: string): string => `${this.#prefix}${key}`

  /** Connects in the background; a command fails at once where there is no connection. */
  constructor(url: string, keyPrefix: string, log: Log) {
    this.#prefix = keyPrefix
    this.#client = createClient({
      url,
      disableOfflineQueue: true,
      socket: { connectTimeout: 2_000, reconnectStrategy: (tries) => Math.min(50 * 2 ** tries, 2_000) },
    })
    this.#client.on('error', (error: Error) => log.debug({ error: error.message }, 'Redis'))
    this.#client
      .connect()
      .catch((error: Error) => log.warn({ error: error.message }, 'Redis is not reachable'))
  }

  async get(key: string): Promise<string | undefined> {
    return (await timely(this.#client.get(this.#at(key)))) ?? undefined
  }

  async getMany(keys: readonly string[]): Promise<ReadonlyMap<string, string>> {
    if (keys.length === 0) return new Map()
    const values = await timely(this.#client.mGet(keys.map(this.#at)))
    return new Map(
      keys.flatMap((key, i) => {
        const value = values[i]
        return typeof value === 'string' ? [[key, value] as const] : []
      }),
    )
  }

  async set(key: string, value: string, ttlSeconds: number | null): Promise<void> {
    const expiration = ttlSeconds === null ? {} : { expiration: { type: 'EX', value: ttlSeconds } as const }
    await timely(this.#client.set(this.#at(key), value, expiration))
  }

  async delete(keys: readonly string[]): Promise<void> {
    if (keys.length > 0) await timely(this.#client.del(keys.map(this.#at)))
  }

  async ttl(key: string): Promise<number | null | undefined> {
    const ms = await timely(this.#client.pTTL(this.#at(key)))
    if (ms === -2) return undefined
    return ms === -1 ? null : ms / 1000
  }

  async increment(key: string, windowSeconds: number, by = 1): Promise<Count> {
    const reply = await timely(
      this.#client.eval(INCREMENT, {
        keys: [this.#at(key)],
        arguments: [String(windowSeconds), String(by)],
      }),
    )
    const [count, ms] = Array.isArray(reply) ? reply.map(Number) : []
    if (count === undefined || ms === undefined) throw new Error('Redis answered something else')
    return { count, resetsInSeconds: ms / 1000 }
  }

  async sortedAdd(key: string, member: string, score: number): Promise<void> {
    await timely(this.#client.zAdd(this.#at(key), { value: member, score }))
  }

  async sortedRemove(key: string, member: string): Promise<void> {
    await timely(this.#client.zRem(this.#at(key), member))
  }

  async sortedReplace(key: string, entries: readonly SortedEntry[]): Promise<void> {
    const replaced = this.#client.multi().del(this.#at(key))
    if (entries.length > 0) {
      replaced.zAdd(
        this.#at(key),
        entries.map(({ member, score }) => ({ value: member, score })),
      )
    }
    await timely(replaced.exec())
  }

  async sortedUpTo(key: string, maxScore: number, limit: number): Promise<SortedEntry[]> {
    const found = await timely(
      this.#client.zRangeWithScores(this.#at(key), '-inf', maxScore, {
        BY: 'SCORE',
        LIMIT: { offset: 0, count: limit },
      }),
    )
    return found.map(({ value, score }) => ({ member: value, score }))
  }

  async close(): Promise<void> {
    this.#client.destroy()
  }
}

/** A server that accepts and then says nothing must not hold up the shop. */
async function timely<T>(reply: Promise<T>): Promise<T> {
  const timeout = Promise.withResolvers<never>()
  // After a pause of our own process the answer lies there unread: it is looked for once more before Redis is blamed.
  const giveUp = () => setImmediate(() => timeout.reject(new Error('Redis did not answer in time')))
  const timer = setTimeout(giveUp, TIMEOUT_MS)
  try {
    return await Promise.race([reply, timeout.promise])
  } finally {
    clearTimeout(timer)
  }
}
