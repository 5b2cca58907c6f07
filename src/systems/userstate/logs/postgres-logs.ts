import type { Database } from '../../../postgres/database.ts'
import { type Sql, sql } from '../../../postgres/sql.ts'
import { type DocumentLogs, keyOf, type LogEntry, type LogQuery } from './document-logs.ts'

interface Row {
  readonly key: string
  readonly created_at: Date
  readonly doc: {
    readonly id: string
    readonly platform: string
    readonly status: string
    readonly amount: number
    readonly data: string
    readonly createdAt: string
    readonly updatedAt: string
    readonly estimated_arrival_time?: string
  }
}

/** Documents as jsonb; the trigger of the tables leaves out what would lead back. */
export function postgresLogs(db: Database): DocumentLogs {
  return {
    async write(collection, entry, at) {
      const table = sql.raw(collection)
      await db.run(sql`
        insert into ${table} as t (_id, doc, created_at)
          values (${keyOf(collection, entry.id)}, ${sql.json(toDoc(entry, at))}, ${entry.createdAt})
        on conflict (_id) do update
          set doc = excluded.doc || jsonb_build_object('createdAt', t.doc -> 'createdAt'), created_at = excluded.created_at`)
    },
    async find(collection, query) {
      const rows = await db.many<Row>(sql`
        select _id as key, created_at, doc from ${sql.raw(collection)} ${where(query)}
        order by created_at desc, _id desc limit ${query.limit}`)
      return rows.map(({ key, created_at: createdAt, doc }) => ({
        key,
        id: doc.id,
        createdAt,
        platform: doc.platform,
        status: doc.status,
        amount: doc.amount,
        data: doc.data,
        loggedAt: new Date(doc.createdAt),
        updatedAt: new Date(doc.updatedAt),
        ...(doc.estimated_arrival_time === undefined
          ? {}
          : { estimatedArrivalTime: new Date(doc.estimated_arrival_time) }),
      }))
    },
    async stats(collection) {
      const rows = await db.many<{ status: string; count: bigint; total: bigint }>(sql`
        select doc ->> 'status' as status, count(*)::bigint as count, sum((doc ->> 'amount')::bigint)::bigint as total
        from ${sql.raw(collection)} group by 1 order by 1`)
      return rows.map(({ status, count, total }) => ({ status, count: Number(count), total: Number(total) }))
    },
    async clean(collection, before) {
      return await db.run(sql`delete from ${sql.raw(collection)} where created_at < ${before}`)
    },
    async close() {},
  }
}

function toDoc({ id, createdAt, estimatedArrivalTime, platform, status, amount, data }: LogEntry, at: Date) {
  return {
    id,
    created_at: createdAt.toISOString(),
    ...(estimatedArrivalTime ? { estimated_arrival_time: estimatedArrivalTime.toISOString() } : {}),
    platform,
    status,
    data,
    amount,
    createdAt: at.toISOString(),
    updatedAt: at.toISOString(),
  }
}

function where({ id, status, since, until, after }: LogQuery): Sql {
  const conditions: readonly Sql[] = [
    ...(id === undefined ? [] : [sql`doc ->> 'id' = ${id}`]),
    ...(status === undefined ? [] : [sql`doc ->> 'status' = ${status}`]),
    ...(since === undefined ? [] : [sql`created_at >= ${since}`]),
    ...(until === undefined ? [] : [sql`created_at < ${until}`]),
    ...(after === undefined ? [] : [sql`(created_at, _id) < (${after.createdAt}, ${after.key})`]),
  ]
  return conditions.length === 0 ? sql.raw('') : sql`where ${sql.join(conditions, ' and ')}`
}
