import type { Log } from '../../kernel/log.ts'
import type { Database } from '../../postgres/database.ts'
import { failoverKv } from './failover-kv.ts'
import type { Kv } from './kv.ts'
import { PostgresKv } from './postgres-kv.ts'
import { RedisKv } from './redis-kv.ts'

export interface KvOptions {
  readonly database: Database
  readonly redisUrl: string | undefined
  /** Before every key in Redis, which several owners may share; in the database the keys are alone. */
  readonly keyPrefix: string
  readonly log: Log
}

/** PostgreSQL, with Redis in front of it where `REDIS_URL` names one. */
export function openKv({ database, redisUrl, keyPrefix, log }: KvOptions): Kv {
  const behind = new PostgresKv(database)
  return redisUrl === undefined ? behind : failoverKv(new RedisKv(redisUrl, keyPrefix, log), behind, log)
}
