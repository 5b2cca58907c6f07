import type { Log } from '../../kernel/log.ts'
import type { Database } from '../../postgres/database.ts'
import { failoverKv } from './failover-kv.ts'
import type { Kv } from './kv.ts'
import { PostgresKv } from './postgres-kv.ts'
import { RedisKv } from './redis-kv.ts'

/** PostgreSQL, with Redis in front of it where `REDIS_URL` names one. */
export function openKv(database: Database, redisUrl: string | undefined, log: Log): Kv {
  const behind = new PostgresKv(database)
  return redisUrl === undefined ? behind : failoverKv(new RedisKv(redisUrl, log), behind, log)
}
