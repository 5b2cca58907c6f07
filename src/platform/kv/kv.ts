/**
 * Small values that may be lost without losing money: sessions, caches, rate counters, mirrors of queues.
 * One contract, kept by PostgreSQL alone, or by Redis with PostgreSQL behind it (`contract.test.ts`).
 */
export interface Kv {
  get(key: string): Promise<string | undefined>
  /** Values by key, in one round trip; without those that are not there. */
  getMany(keys: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** Replaces value and time to live as a whole. Seconds; null: does not expire. */
  set(key: string, value: string, ttlSeconds: number | null): Promise<void>
  delete(keys: readonly string[]): Promise<void>
  /** Seconds until the key expires; null: never; undefined: there is no such key. */
  ttl(key: string): Promise<number | null | undefined>

  /**
   * Adds `by`, one where it is left out, in one step; the first one opens a window after whose end the count starts over.
   * A negative `by` gives back what was counted too early; no count falls below zero.
   */
  increment(key: string, windowSeconds: number, by?: number): Promise<Count>

  /** Adds the member, or moves it to the new score. */
  sortedAdd(key: string, member: string, score: number): Promise<void>
  sortedRemove(key: string, member: string): Promise<void>
  /** All members and scores at once, or none of them. */
  sortedReplace(key: string, entries: readonly SortedEntry[]): Promise<void>
  /** Up to `limit` members whose score is at most `maxScore`, lowest first, then by name. */
  sortedUpTo(key: string, maxScore: number, limit: number): Promise<SortedEntry[]>

  close(): Promise<void>
}

export interface Count {
  readonly count: number
  /** When the window ends; never more than it is long. */
  readonly resetsInSeconds: number
}

export interface SortedEntry {
  readonly member: string
  readonly score: number
}
