/** What the audit's tests share: a source with things to tell, and a place for the anchor file. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { testDatabase } from '../../../test/database.ts'
import { auditTargetDatabase, platformDatabase } from '../../../test/platform.ts'
import { until } from '../../../test/until.ts'
import type { Caller } from '../../kernel/caller.ts'
import { silentLog } from '../../kernel/log.ts'
import type { Db } from '../../postgres/database.ts'
import { sql } from '../../postgres/sql.ts'
import { inTransaction } from '../../postgres/transaction.ts'
import { drainAudit } from './relay.ts'

export async function auditPair() {
  const source = await testDatabase(platformDatabase)
  const target = await testDatabase(auditTargetDatabase)
  await source.db.run(sql`
    create table public.audit_anchors (audit_id bigint primary key, row_hash text not null,
      row_count bigint not null, anchored_at timestamptz not null default now())`)
  const folder = await mkdtemp(join(tmpdir(), 'anchors-'))
  after(() => rm(folder, { recursive: true }))
  const options = {
    source: source.db,
    target: target.db,
    log: silentLog,
    anchorPath: join(folder, 'a', 'heads.jsonl'),
  }

  const tell = (
    entityId: string,
    caller: Caller = { type: 'user', id: '7', correlationId: 'r1', ip: '10.0.0.1' },
  ) =>
    inTransaction(source.db, caller, (tx) =>
      tx.run(sql`select audit.record('update', 'orders', ${entityId}, 7, '{"total": 1.00}',
        '{"total": 90071992547409931234.50}', '{"why": "x"}')`),
    )
  /** Ids of the told entities, in the order of the chain. */
  const told = async () =>
    (
      await target.db.many<{ id: string }>(
        sql`select l.entity_id as id from public.audit_logs l order by l.id`,
      )
    ).map(({ id }) => id)
  /** Everything told may be relayed: until then a transaction of any database on the server holds rows back. */
  const ripe = () =>
    until(async () => {
      const { held } = await source.db.one<{ held: boolean }>(sql`
        select exists (select from audit.outbox where xid >= pg_snapshot_xmin(pg_current_snapshot())) as held`)
      return !held
    })
  /** Relays what was told, in one batch with one anchor. */
  const arrive = async () => {
    await ripe()
    await drainAudit(options)
  }
  return { source, target, options, tell, told, ripe, arrive }
}

export async function waiting(db: Db): Promise<number> {
  return (await db.many(sql`select from audit.outbox`)).length
}
