import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { testDatabase } from '../../../test/database.ts'
import { platformDatabase } from '../../../test/platform.ts'
import { isDomainError } from '../../kernel/errors.ts'
import { sql } from '../../postgres/sql.ts'
import { mermaid, readLifecycles } from './mermaid.ts'

const made = await testDatabase(platformDatabase)

describe('lifecycles', () => {
  before(async () => {
    await made.db.run(sql`create type public.size as enum ('small', 'large')`)
    await made.db.run(sql`create table public.parcels (
      id bigint primary key, status text, size public.size not null default 'small')`)
    await made.db.run(sql`select niaga.declare_lifecycle('public.parcels', 'status', '{packed}',
      '{"packed": ["sent", "lost"], "sent": ["lost"]}')`)
    await made.db.run(sql`select niaga.declare_lifecycle('public.parcels', 'size', '{small}',
      '{"small": ["large"]}')`)
  })

  const parcel = async (id: number, status: string | null) => {
    await made.db.run(sql`insert into public.parcels (id, status) values (${id}, ${status})`)
    return (to: string | null) => made.db.run(sql`update public.parcels set status = ${to} where id = ${id}`)
  }

  test('declared changes pass, and so does writing the same state again', async () => {
    const move = await parcel(1, 'packed')
    for (const to of ['packed', 'sent', 'sent', 'lost']) assert.equal(await move(to), 1)
  })

  test('an undeclared change is refused and names table, id, from and to', async () => {
    const move = await parcel(2, 'sent')
    await assert.rejects(move('packed'), (error) => {
      assert.ok(isDomainError(error, 'illegal_transition'))
      assert.deepEqual(error.details, { table: 'parcels', id: '2', from: 'sent', to: 'packed' })
      assert.equal(error.message, 'parcels 2 cannot change from sent to packed')
      assert.equal(error.cause instanceof Error && 'code' in error.cause && error.cause.code, '23514')
      return true
    })
  })

  test('final, unknown and empty states are dead ends', async () => {
    const lost = await parcel(3, 'lost')
    for (const to of ['packed', 'nonsense', null]) await assert.rejects(lost(to))
    const none = await parcel(4, null)
    await assert.rejects(none('packed'))
  })

  test('a column of an enum type is held the same way', async () => {
    await parcel(5, 'packed')
    assert.equal(await made.db.run(sql`update public.parcels set size = 'large' where id = 5`), 1)
    await assert.rejects(made.db.run(sql`update public.parcels set size = 'small' where id = 5`))
  })

  test('a state that another trigger writes is judged too', async () => {
    await parcel(6, 'lost')
    await made.db.run(sql`create function public.revive() returns trigger language plpgsql
      as 'begin new.status := ''packed''; return new; end'`)
    await made.db.run(sql`create trigger revive before update on public.parcels for each row
      when (new.id = 6) execute function public.revive()`)
    await assert.rejects(made.db.run(sql`update public.parcels set size = size where id = 6`), (error) =>
      isDomainError(error, 'illegal_transition'),
    )
  })

  test('the diagram shows first states, changes and ends', async () => {
    const found = (await readLifecycles(made.db)).find(({ column }) => column === 'status')
    assert.equal(
      found && mermaid(found),
      `stateDiagram-v2
  [*] --> packed
  sent --> lost
  packed --> sent
  packed --> lost
  lost --> [*]`,
    )
  })

  test('taking a declaration back leaves no trigger and no record', async () => {
    await made.db.run(sql`select niaga.undeclare_lifecycle('public.parcels', 'size')`)
    await parcel(7, 'packed')
    for (const size of ['large', 'small']) {
      await made.db.run(sql`update public.parcels set size = ${size}::public.size where id = 7`)
    }
    assert.deepEqual(
      (await readLifecycles(made.db)).map(({ column }) => column),
      ['status'],
    )
  })
})
