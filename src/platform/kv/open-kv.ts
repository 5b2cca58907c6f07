import type { Log } from '../../kernel/log.ts'
import type { Database } from '../../postgres/database.ts'
import { failoverKv } from './failover-kv.ts'
import type { Kv } from './kv.ts'
import { PostgresKv } from './postgres-kv.ts'

export interface KvOptions {
  readonly database: Database
  readonly redisUrl: string | undefined
  /** Before every key in Redis, which several owners may share; in the database the keys are alone. */
  readonly keyPrefix: string
  readonly log: Log
}

/** PostgreSQL, with Redis in front of it where `REDIS_URL` names one. */
export async function openKv({ database, redisUrl, keyPrefix, log }: KvOptions): Promise<Kv> {
  const behind = new PostgresKv(database)
  if (redisUrl === undefined) return behind
  // Its client is a tenth of what a process loads; most have no Redis.
  const { RedisKv } = await import('./redis-kv.ts')
  return failoverKv(new RedisKv(redisUrl, keyPrefix, log), behind, log)
}
