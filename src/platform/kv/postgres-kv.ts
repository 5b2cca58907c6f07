/** `Kv` on PostgreSQL; times to live follow the database's clock, the sandbox offset included. */
import type { Database } from '../../postgres/database.ts'
import { type Sql, sql } from '../../postgres/sql.ts'
import type { Count, Kv, SortedEntry } from './kv.ts'

export class PostgresKv implements Kv {
  readonly #db: Database

  constructor(database: Database) {
    this.#db = database
  }

  async get(key: string): Promise<string | undefined> {
    return (await this.getMany([key])).get(key)
  }

  async getMany(keys: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const rows = await this.#db.many<{ key: string; value: string }>(sql`
      select key, value from niaga.kv
      where key = any(${keys}) and (expires_at is null or expires_at > now() + ${this.#offset} * interval '1 ms')`)
    return new Map(rows.map(({ key, value }) => [key, value]))
  }

  async set(key: string, value: string, ttlSeconds: number | null): Promise<void> {
    await this.#db.run(sql`
      insert into niaga.kv (key, value, expires_at)
      values (${key}, ${value}, now() + ${this.#offset} * interval '1 ms' + make_interval(secs => ${ttlSeconds}))
      on conflict (key) do update set value = excluded.value, expires_at = excluded.expires_at`)
  }

  async delete(keys: readonly string[]): Promise<void> {
    await this.#db.run(sql`
      with gone as (delete from niaga.kv where key = any(${keys}))
      delete from niaga.kv_sorted_set where key = any(${keys})`)
  }

  async ttl(key: string): Promise<number | null | undefined> {
    const row = await this.#db.maybeOne<{ seconds: number | null }>(sql`
      select extract(epoch from expires_at - now() - ${this.#offset} * interval '1 ms')::float8 as seconds
      from niaga.kv
      where key = ${key} and (expires_at is null or expires_at > now() + ${this.#offset} * interval '1 ms')`)
    return row?.seconds
  }

  async increment(key: string, windowSeconds: number, by = 1): Promise<Count> {
    const { count, seconds } = await this.#db.one<{ count: number; seconds: number }>(sql`
      insert into niaga.kv as kv (key, value, expires_at)
      values (${key}, greatest(${by}::bigint, 0)::text, now() + ${this.#offset} * interval '1 ms' + make_interval(secs => ${windowSeconds}))
      on conflict (key) do update set
        value = case when kv.expires_at > now() + ${this.#offset} * interval '1 ms'
          then greatest(kv.value::bigint + ${by}::bigint, 0)::text else excluded.value end,
        expires_at = case when kv.expires_at > now() + ${this.#offset} * interval '1 ms'
          then kv.expires_at else excluded.expires_at end
      returning value::float8 as count,
        extract(epoch from expires_at - now() - ${this.#offset} * interval '1 ms')::float8 as seconds`)
    return { count, resetsInSeconds: Math.min(seconds, windowSeconds) }
  }

  async sortedAdd(key: string, member: string, score: number): Promise<void> {
    await this.#db.run(sql`
      insert into niaga.kv_sorted_set (key, member, score) values (${key}, ${member}, ${score})
      on conflict (key, member) do update set score = excluded.score`)
  }

  async sortedRemove(key: string, member: string): Promise<void> {
    await this.#db.run(sql`delete from niaga.kv_sorted_set where key = ${key} and member = ${member}`)
  }

  async sortedReplace(key: string, entries: readonly SortedEntry[]): Promise<void> {
    const members = entries.map(({ member }) => member)
    const scores = entries.map(({ score }) => score)
    await this.#db.run(sql`
      with gone as (delete from niaga.kv_sorted_set where key = ${key} and member <> all(${members}::text[]))
      insert into niaga.kv_sorted_set (key, member, score)
      select ${key}, * from unnest(${members}::text[], ${scores}::float8[])
      on conflict (key, member) do update set score = excluded.score`)
  }

  async sortedUpTo(key: string, maxScore: number, limit: number): Promise<SortedEntry[]> {
    return await this.#db.many<SortedEntry>(sql`
      select member, score from niaga.kv_sorted_set where key = ${key} and score <= ${maxScore}
      order by score, member collate "C" limit ${limit}`)
  }

  /** The database is closed by whoever opened it. */
  async close(): Promise<void> {}

  get #offset(): number {
    return this.#db.clock.offsetMs
  }
}

/** Removes what has expired; `get` does not see it anyway. At most `limit` rows, answers how many. */
export function purgeExpiredKeys(limit: number): Sql {
  return sql`
    delete from niaga.kv where key in (
      select key from niaga.kv where expires_at <= niaga.now() order by expires_at limit ${limit}
      for update skip locked)`
}
