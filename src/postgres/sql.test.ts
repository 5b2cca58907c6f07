import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Sql, sql, statementName } from './sql.ts'

test('values become parameters, never text', () => {
  const query = sql`select ${"'; drop table users; --"}::text, ${5n}`
  assert.equal(query.text, 'select $1::text, $2')
  assert.deepEqual(query.values, ["'; drop table users; --", 5n])
})

test('fragments are spliced and their parameters renumbered', () => {
  const conditions = sql.join([sql`a = ${1}`, sql`b in (${2}, ${3})`], ' and ')
  const query = sql`select * from ${sql.id('public', 'odd "name')} where ${conditions} limit ${4}`
  assert.equal(query.text, 'select * from "public"."odd ""name" where a = $1 and b in ($2, $3) limit $4')
  assert.deepEqual(query.values, [1, 2, 3, 4])
})

test('a statement written in one piece has one name at every call; an assembled one has none', () => {
  const one = (id: number) => sql`select ${id}`
  assert.equal(statementName(one(1)), statementName(one(2)))
  assert.notEqual(statementName(one(1)), statementName(sql`select ${1} as other`))
  assert.equal(statementName(sql`select ${sql.raw('1')}`), undefined)
})

test('undefined is refused where it is written, not stored as null', () => {
  assert.throws(() => sql`select ${undefined}`, TypeError)
})

test('joining nothing is empty text', () => {
  assert.ok(sql.join([]) instanceof Sql)
  assert.equal(sql.join([]).text, '')
})
