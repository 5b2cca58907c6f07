import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { until } from '../../../test/until.ts'
import { systemCaller } from '../../kernel/caller.ts'
import { openDatabase } from '../../postgres/database.ts'
import { sql } from '../../postgres/sql.ts'
import { inTransaction } from '../../postgres/transaction.ts'
import { auditPair, waiting } from './audit.fixture.ts'
import { drainAudit, isAuditDelayed, startAuditRelay } from './relay.ts'
import { verifyAudit } from './verify.ts'

const { source, target, options, tell, told, ripe, arrive } = await auditPair()
const { db } = source
const verify = () => verifyAudit(options)

describe('audit relay', () => {
  test('a rolled-back change leaves no trace, a committed one exactly one row with who, what and why', async () => {
    await assert.rejects(
      inTransaction(db, systemCaller, async (tx) => {
        await tx.run(sql`select audit.emit('login', 'users', '7', 7)`)
        throw new Error('no')
      }),
    )
    await tell('TRX1')
    await arrive()
    const rows = await target.db.many<Record<string, unknown>>(sql`
      select actor_id, actor_type, entity_type, entity_id, action, before_state::text, after_state::text, context,
        ip_address, subject_id, timestamp <= now() as past from public.audit_logs`)
    assert.deepEqual(rows, [
      {
        actor_id: 7n,
        actor_type: 'user',
        entity_type: 'orders',
        entity_id: 'TRX1',
        action: 'update',
        // To the last digit: what passes through a float would not be evidence.
        before_state: '{"total": 1.00}',
        after_state: '{"total": 90071992547409931234.50}',
        context: { why: 'x', correlation_id: 'r1' },
        ip_address: '10.0.0.1',
        subject_id: 7n,
        past: true,
      },
    ])
  })

  test('a row that commits late is neither lost nor overtaken by later ones of its own time', async () => {
    const slow = Promise.withResolvers<void>()
    const told1 = (await told()).length
    const late = inTransaction(db, systemCaller, async (tx) => {
      await tx.run(sql`select audit.emit('login', 'users', 'late')`)
      await slow.promise
    })
    await until(async () => {
      const { n } = await db.one<{ n: number }>(sql`
        select count(*)::int4 as n from pg_stat_activity where datname = current_database()
          and state = 'idle in transaction' and backend_xid is not null`)
      return n === 1
    })
    await tell('quick')
    assert.equal(await drainAudit(options), 0)
    slow.resolve()
    await late
    await arrive()
    assert.deepEqual((await told()).slice(told1), ['late', 'quick'])
  })

  test('an actor or a name that the audit cannot hold does not stop those behind it', async () => {
    await tell('odd', { type: 'admin', id: 'root@console' })
    await inTransaction(db, systemCaller, (tx) =>
      tx.run(sql`select audit.emit('x', repeat('é', 90), repeat('9', 90))`),
    )
    await tell('next')
    await arrive()
    assert.equal((await told()).at(-1), 'next')
    const { context } = await target.db.one<{ context: object }>(
      sql`select context from public.audit_logs where entity_id = 'odd'`,
    )
    assert.deepEqual(context, { why: 'x', actor: 'root@console' })
  })

  test('many relays at once: every row once, in order, one chain', async () => {
    const start = (await told()).length
    const names = Array.from({ length: 1200 }, (_, i) => `n${i}`)
    await inTransaction(db, systemCaller, async (tx) => {
      for (const name of names) await tx.run(sql`select audit.emit('login', 'users', ${name})`)
    })
    await Promise.all(Array.from({ length: 5 }, () => drainAudit(options)))
    await arrive()
    assert.deepEqual((await told()).slice(start), names)
    assert.deepEqual([await waiting(db), (await verify()).ok], [0, true])
  })

  test('killed after the audit committed and before the outbox did: nothing lost, nothing double', async () => {
    const start = (await told()).length
    for (let i = 0; i < 20; i++) await tell(`k${i}`)
    const block = await db.pool.connect()
    // Readers pass, the relay's delete waits: the exact moment between the two commits.
    await block.query('begin; lock table audit.outbox in share mode')
    await ripe()
    const fixture = join(import.meta.dirname, 'killed-relay.fixture.ts')
    const relay = spawn(process.execPath, [fixture, source.url, target.url, options.anchorPath], {
      stdio: 'inherit',
    })
    await until(async () => (await told()).length === start + 20)
    relay.kill('SIGKILL')
    await once(relay, 'exit')
    await block.query('rollback')
    block.release()
    await arrive()
    assert.deepEqual(
      (await told()).slice(start),
      Array.from({ length: 20 }, (_, i) => `k${i}`),
    )
    assert.equal((await verify()).ok, true)
  })

  test('the audit database is away: changes go on, and all of them arrive in order when it is back', async () => {
    // The relay that was killed before left rows behind.
    await arrive()
    const start = (await told()).length
    const { name } = await target.db.one<{ name: string }>(sql`select current_database() as name`)
    const admin = openDatabase({ name: 'admin', url: source.url, errors: {} })
    const away = sql`alter database ${sql.id(name)} allow_connections false`
    const back = sql`alter database ${sql.id(name)} allow_connections true`
    await admin.run(away)
    await admin.run(sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${name}`)
    const relay = await startAuditRelay(options)
    try {
      await Promise.all(Array.from({ length: 100 }, (_, i) => tell(`d${i}`)))
      assert.equal(await waiting(db), 100)
      await admin.run(back)
      await until(async () => (await waiting(db)) === 0)
      await tell('after')
      await until(async () => (await told()).at(-1) === 'after')
    } finally {
      await relay.stop()
      await admin.close()
    }
    assert.equal((await told()).length, start + 101)
    const result = await verify()
    assert.deepEqual([result.ok, result.checked], [true, BigInt((await told()).length)])
    assert.match(await readFile(options.anchorPath, 'utf8'), /"audit_id":"\d+","row_hash":"[0-9a-f]{64}"/)
  })

  test('a standing relay delivers what commits', async () => {
    const relay = await startAuditRelay(options)
    await tell('prompt')
    await until(async () => (await told()).at(-1) === 'prompt')
    await relay.stop()
  })

  test('rows that wait for more than five minutes are late, until they have arrived', async () => {
    await tell('young')
    assert.equal(await isAuditDelayed(db), false)
    await arrive()
    await inTransaction(db, systemCaller, (tx) =>
      tx.run(
        sql`select set_config('niaga.clock_offset', '-6 minutes', true), audit.emit('login', 'users', 'old')`,
      ),
    )
    assert.equal(await isAuditDelayed(db), true)
    await arrive()
    assert.equal(await isAuditDelayed(db), false)
  })
})
