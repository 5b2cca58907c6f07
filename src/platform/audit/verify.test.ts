import assert from 'node:assert/strict'
import { appendFile, mkdir, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { before, beforeEach, describe, test } from 'node:test'
import { systemCaller } from '../../kernel/caller.ts'
import { sql } from '../../postgres/sql.ts'
import { inTransaction } from '../../postgres/transaction.ts'
import type { Anchor } from './anchors.ts'
import { auditPair } from './audit.fixture.ts'
import { type AuditProblem, verifyAudit } from './verify.ts'

const { source, target, options, tell, arrive } = await auditPair()
const verify = () => verifyAudit(options)

let ids: bigint[] = []
/** The id of the nth row, counted from one. */
const nth = (n: number): bigint => ids[n - 1] ?? 0n

/** As someone who owns the server and switches the guards off. */
const tamper = (statement: string) =>
  inTransaction(target.db, systemCaller, async (tx) => {
    await tx.run(sql`set local session_replication_role = replica`)
    await tx.run(sql.raw(statement))
  })

describe('audit verification', () => {
  before(async () => {
    for (let batch = 0; batch < 3; batch++) {
      for (let i = 0; i < 4; i++) await tell(`TRX${batch}${i}`)
      await arrive()
    }
    const rows = await target.db.many<{ id: bigint }>(sql`select id from public.audit_logs order by id`)
    ids = rows.map(({ id }) => id)
    await target.db.run(sql`create table public.kept as select * from public.audit_logs`)
    await source.db.run(sql`create table public.kept as select * from public.audit_anchors`)
  })

  beforeEach(async () => {
    await tamper('delete from public.audit_logs')
    await tamper('insert into public.audit_logs select * from public.kept')
    await source.db.run(sql`delete from public.audit_anchors`)
    await source.db.run(sql`insert into public.audit_anchors select * from public.kept`)
    await rm(options.anchorPath, { force: true })
  })

  test('an untouched chain is proved to its last row', async () => {
    const { ok, checked, verifiedUpTo } = await verify()
    assert.deepEqual([ok, checked, verifiedUpTo], [true, 12n, nth(12)])
  })

  test('an empty audit is fine', async () => {
    await tamper('delete from public.audit_logs')
    await source.db.run(sql`delete from public.audit_anchors`)
    const { ok, checked, verifiedUpTo } = await verify()
    assert.deepEqual([ok, checked, verifiedUpTo], [true, 0n, 0n])
  })

  for (const [what, statement, problem, bad] of [
    [
      'contents',
      (id) => `update public.audit_logs set after_state = '{}' where id = ${id(5)}`,
      'payload_hash',
      5,
    ],
    ['an actor', (id) => `update public.audit_logs set actor_id = 8 where id = ${id(5)}`, 'payload_hash', 5],
    [
      'a time',
      (id) => `update public.audit_logs set timestamp = timestamp - interval '1 us' where id = ${id(5)}`,
      'row_hash',
      5,
    ],
    [
      'an action',
      (id) => `update public.audit_logs set action = 'view' where id = ${id(12)}`,
      'row_hash',
      12,
    ],
    ['a row that was removed', (id) => `delete from public.audit_logs where id = ${id(5)}`, 'broken_link', 6],
    ['the first row, removed', (id) => `delete from public.audit_logs where id = ${id(1)}`, 'broken_link', 2],
    ['a cut tail', (id) => `delete from public.audit_logs where id > ${id(8)}`, 'anchor', 12],
    ['all rows, removed', () => `delete from public.audit_logs`, 'anchor', 12],
    [
      'contents replaced as if by an erasure',
      (id) => `update public.audit_logs
        set after_state = null, payload_salt = null, anonymized_at = now() where id = ${id(5)}`,
      'unlisted_anonymization',
      5,
    ],
  ] satisfies [string, (id: typeof nth) => string, AuditProblem, number][]) {
    test(`it finds ${what}`, async () => {
      await tamper(statement(nth))
      const result = await verify()
      assert.deepEqual([result.ok, result.problem, result.firstBadId], [false, problem, nth(bad)])
    })
  }

  test('a chain that was rewritten from the middle on, hashes and all, still betrays its anchors', async () => {
    await tamper(`delete from public.audit_logs where id > ${nth(6)}`)
    await target.db.run(sql`
      insert into public.audit_logs (actor_type, entity_type, entity_id, action)
      select 'system', 'orders', 'forged', 'update' from generate_series(7, 12)`)
    const result = await verify()
    assert.deepEqual([result.problem, result.firstBadId, result.verifiedUpTo], ['anchor', nth(8), 0n])
  })

  test('with the anchors rewritten too, the file outside the databases remembers', async () => {
    const [head] = await source.db.many<{ line: string }>(sql`
      select format('{"audit_id":"%s","row_hash":"%s","row_count":"%s","at":""}', audit_id, row_hash, row_count) as line
      from public.kept order by audit_id desc limit 1`)
    await mkdir(dirname(options.anchorPath), { recursive: true })
    await appendFile(options.anchorPath, `{"audit_id":"4","row_ha\n${head?.line}\n`)
    assert.equal((await verify()).ok, true)
    await tamper(`delete from public.audit_logs where id > ${nth(8)}`)
    await source.db.run(sql`delete from public.audit_anchors where audit_id > ${nth(8)}`)
    const result = await verify()
    assert.deepEqual([result.ok, result.problem, result.firstBadId], [false, 'anchor', nth(12)])
  })

  test('a later walk looks at new rows only, and still knows the chain and its anchors', async () => {
    await mkdir(dirname(options.anchorPath), { recursive: true })
    const line = (a: Anchor) =>
      `{"audit_id":"${a.audit_id}","row_hash":"${a.row_hash}","row_count":"${a.row_count}","at":""}\n`
    const anchors = await source.db.many<Anchor>(sql`select * from public.kept order by audit_id`)
    await appendFile(options.anchorPath, anchors.map(line).join(''))
    const { walked } = await verify()
    assert.deepEqual((await verifyAudit(options, walked)).ok, true)
    await tell('new')
    await arrive()
    const later = await verifyAudit(options, walked)
    assert.deepEqual([later.ok, later.checked], [true, 13n])
    await tamper(`update public.audit_logs set action = 'view' where id > ${nth(12)}`)
    assert.equal((await verifyAudit(options, walked)).problem, 'row_hash')
  })

  test('an erasure that reached the audit through the relay keeps the chain valid, and the person is gone', async () => {
    await inTransaction(source.db, systemCaller, (tx) =>
      tx.run(sql`select audit.emit('anonymize', 'users', '-1', -1, '{"user_id": 7, "pseudonym": -1}')`),
    )
    await tell('later')
    await arrive()
    const { left } = await target.db.one<{ left: number }>(sql`
      select count(*)::int4 as left from public.audit_logs
      where (actor_id = 7 or subject_id = 7) and entity_id <> 'later'`)
    assert.equal(left, 0)
    const result = await verify()
    assert.deepEqual([result.ok, result.checked], [true, 14n])
    await tamper(`update public.audit_logs set after_state = '{"total": 5}' where id = ${nth(5)}`)
    assert.equal((await verify()).problem, 'unlisted_anonymization')
  })
})
