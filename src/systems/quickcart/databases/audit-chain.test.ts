import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../../../test/database.ts'
import { sql } from '../../../postgres/sql.ts'
import { auditsDatabase } from '../databases.ts'
import { refusal } from './fixtures.ts'

const { db } = await testDatabase(auditsDatabase)

interface Verdict {
  readonly ok: boolean
  readonly checked: number
  readonly first_bad_id: number | null
  readonly problem: string | null
}

interface Head {
  readonly audit_id: string
  readonly row_hash: string
  readonly row_count: string
}

async function record(action: string, entityId = '1'): Promise<bigint> {
  const { id } = await db.one<{ id: bigint }>(sql`
    insert into audit_logs (actor_type, entity_type, entity_id, action, after_state)
      values ('system', 'orders', ${entityId}, ${action}, '{"total": 100.00}') returning id`)
  return id
}

async function verify(anchors: readonly Head[] = []): Promise<Verdict> {
  const { verdict } = await db.one<{ verdict: Verdict }>(
    sql`select audit_verify(${sql.json(anchors)}) as verdict`,
  )
  return verdict
}

async function head(): Promise<Head> {
  return await db.one<Head>(sql`
    select id::text as audit_id, row_hash, (select count(*) from audit_logs)::text as row_count
      from audit_logs order by id desc limit 1`)
}

/** A change that no trigger sees, as somebody with the owner's rights could make it, undone after the look. */
async function tamper(change: string, anchors: readonly Head[] = []): Promise<Verdict> {
  const client = await db.pool.connect()
  try {
    await client.query('begin; set local session_replication_role = replica')
    await client.query(change)
    const { rows } = await client.query<{ verdict: Verdict }>('select audit_verify($1) as verdict', [
      sql.json(anchors),
    ])
    const [row] = rows
    assert.ok(row)
    return row.verdict
  } finally {
    await client.query('rollback')
    client.release()
  }
}

test('check 53: DELETE, TRUNCATE and UPDATE are refused, also to the owner', async () => {
  await record('create')
  assert.equal((await refusal(db.run(sql`delete from audit_logs`))).code, 'audit_append_only')
  assert.equal((await refusal(db.run(sql`delete from audit_logs where false`))).code, 'audit_append_only')
  assert.equal((await refusal(db.run(sql`truncate audit_logs`))).code, 'audit_append_only')
  assert.equal((await refusal(db.run(sql`update audit_logs set action = 'x'`))).code, 'audit_append_only')
  assert.equal((await verify()).ok, true)
})

test('check 53: a plain INSERT of the documented columns joins the chain, whatever it says about the chain', async () => {
  const last = await head()
  const row = await db.one<{ id: bigint; prev_hash: string; row_hash: string; payload_salt: string }>(sql`
    insert into audit_logs (id, timestamp, actor_id, actor_type, entity_type, entity_id, action, before_state,
        after_state, context, ip_address, prev_hash, row_hash)
      values (1, now(), 7, 'user', 'users', '7', 'login', null, null, '{"via": "bot"}', '10.0.0.1', 'mine', 'mine')
      returning id, prev_hash, row_hash, payload_salt`)
  assert.ok(row.id > BigInt(last.audit_id))
  assert.equal(row.prev_hash, last.row_hash)
  assert.match(row.row_hash, /^[0-9a-f]{64}$/)
  assert.match(row.payload_salt, /^[0-9a-f]{64}$/)
  assert.equal((await verify()).ok, true)
})

test('check 54: six sessions inserting at once make one unbroken chain', async () => {
  await Promise.all(
    Array.from({ length: 6 }, async (_, session) => {
      for (let i = 0; i < 15; i++) await record('update', `${session}-${i}`)
    }),
  )
  const verdict = await verify()
  assert.deepEqual([verdict.ok, verdict.checked], [true, 92])
})

test('the relay writes an event twice, the chain holds it once', async () => {
  const insert = () =>
    db.run(sql`
      insert into audit_logs (event_id, actor_type, entity_type, entity_id, action)
        values ('00000000-0000-4000-8000-000000000001', 'system', 'orders', '1', 'create')
        on conflict (event_id) do nothing`)
  assert.deepEqual([await insert(), await insert()], [1, 0])
  await record('after the duplicate')
  assert.equal((await verify()).ok, true)
})

test('check 55: an altered row is reported by its id', async () => {
  const id = await record('altered')
  await record('after')
  const payload = await tamper(`update audit_logs set after_state = '{"total": 1}' where id = ${id}`)
  assert.deepEqual([payload.ok, payload.first_bad_id, payload.problem], [false, Number(id), 'payload_hash'])
  const action = await tamper(`update audit_logs set action = 'harmless' where id = ${id}`)
  assert.deepEqual([action.ok, action.first_bad_id, action.problem], [false, Number(id), 'row_hash'])
})

test('check 55: a removed middle row is reported at the row after it', async () => {
  const id = await record('removed')
  const next = await record('next')
  const verdict = await tamper(`delete from audit_logs where id = ${id}`)
  assert.deepEqual([verdict.ok, verdict.first_bad_id, verdict.problem], [false, Number(next), 'broken_link'])
})

test('check 55: a cut tail is reported by the anchor that saw it', async () => {
  await record('tail')
  const anchor = await head()
  assert.equal((await verify([anchor])).ok, true)
  const verdict = await tamper(`delete from audit_logs where id >= ${anchor.audit_id}`, [anchor])
  assert.deepEqual([verdict.ok, verdict.problem], [false, 'anchor'])
})

test('check 55: rows taken from before an anchor are missed, even where the links were mended', async () => {
  const anchor = await head()
  const verdict = await verify([{ ...anchor, row_count: String(Number(anchor.row_count) + 1) }])
  assert.deepEqual([verdict.ok, verdict.problem], [false, 'anchor'])
})

test('an erased person is replaced everywhere, and the chain still verifies', async () => {
  await db.run(sql`
    insert into audit_logs (actor_id, actor_type, entity_type, entity_id, action, before_state, after_state, subject_id,
        ip_address)
      values (777000111, 'user', 'users', '777000111', 'update',
          '{"id": 777000111, "name": "Budi", "email": "budi@example.com", "username": null}',
          '{"id": 777000111, "name": "Deleted user", "email": null, "username": null}', 777000111, '10.1.2.3'),
        (null, 'system', 'orders', '5', 'create', null, '{"user_id": 777000111, "subtotal": 5}', 777000111, null),
        (1, 'admin', 'vouchers', '9', 'create', null, '{"created_by": 777000111, "name": "other"}', null, '10.9.9.9')`)
  const { context } = await db.one<{ context: { rows: readonly { id: number }[] } }>(
    sql`select audit_anonymize(777000111, -4) as context`,
  )
  assert.equal(context.rows.length, 3)
  assert.equal((await verify()).problem, 'unlisted_anonymization', 'until the erasure itself is on record')
  await db.run(sql`
    insert into audit_logs (actor_type, entity_type, entity_id, action, context)
      values ('system', 'users', '-4', 'anonymize', ${sql.json(context)})`)
  assert.equal((await verify()).ok, true)

  const { left } = await db.one<{ left: bigint }>(sql`
    select count(*) as left from audit_logs l
      where l::text like '%777000111%' or l::text like '%Budi%' or l::text like '%budi@%' or l::text like '%10.1.2.3%'`)
  assert.equal(left, 0n)
  const others = await db.one(sql`
    select ip_address::text, after_state ->> 'name' as name from audit_logs where entity_type = 'vouchers'`)
  assert.deepEqual(others, { ip_address: '10.9.9.9/32', name: 'other' })
})

test('after its anonymisation a row can no more be changed unseen than before', async () => {
  const { id } = await db.one<{ id: bigint }>(sql`
    insert into audit_logs (actor_type, entity_type, entity_id, action, after_state, subject_id)
      values ('system', 'orders', '6', 'create', '{"user_id": 888, "subtotal": 5}', 888) returning id`)
  await db.run(sql`
    with scrubbed as materialized (select audit_anonymize(888, -5) as context)
    insert into audit_logs (actor_type, entity_type, entity_id, action, context)
      select 'system', 'users', '-5', 'anonymize', context from scrubbed`)
  assert.equal((await verify()).ok, true)
  const verdict = await tamper(`update audit_logs set after_state = '{"subtotal": 1}' where id = ${id}`)
  assert.deepEqual([verdict.first_bad_id, verdict.problem], [Number(id), 'unlisted_anonymization'])
})

test('the setting that lets anonymisation through lets nothing else through', async () => {
  const id = await record('kept')
  const client = await db.pool.connect()
  try {
    await client.query(`begin; set local niaga.anonymizing = '${id}'`)
    await assert.rejects(client.query(`update audit_logs set action = 'x' where id = ${id}`), {
      constraint: 'audit_append_only',
    })
  } finally {
    await client.query('rollback')
    client.release()
  }
})
