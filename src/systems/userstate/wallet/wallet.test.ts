import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Value } from 'typebox/value'
import { openUserstate } from '../../../../test/userstate.ts'
import { sql } from '../../../postgres/sql.ts'
import { RupiahInput, readRupiah, rupiah } from './amounts.ts'

const wallet = await openUserstate()

test('a wallet says what there is, what is held and what is left', async () => {
  const as = await wallet.person({ balance: 100_000, points: '50' })
  await wallet.owner.run(sql`
    select ledger.hold('h:1', ${`wallet:${as.username}`}, 'equity:adjustment', 30000, 'x')`)
  await wallet.owner.run(sql`
    insert into point_mutation (username, type, amount, reference_number, src, status)
      values (${as.username}, 'REDEEM', 12.5, 'R', 'WALLET', 'PENDING')`)
  assert.deepEqual((await wallet.get('/wallet', { as })).body, {
    balance: '100000',
    in_transaction: '30000',
    available: '70000',
    points: '50',
    points_held: '12.5',
  })
})

test('without a session there is no wallet, and a disabled account is told so', async () => {
  assert.equal((await wallet.get('/wallet')).status, 401)
  const as = await wallet.person()
  await wallet.owner.run(sql`update user_login set disabled = true where username = ${as.username}`)
  const { status, body } = await wallet.get('/wallet', { as })
  assert.deepEqual([status, body.code], [403, 'account_disabled'])
})

test('amounts are whole rupiah that the documented columns hold', () => {
  assert.equal(readRupiah('2147483647'), 2_147_483_647)
  for (const text of ['0', '-5', '1.5', '1e3', '007', '99999999999', ' 5'])
    assert.ok(!Value.Check(RupiahInput, text), text)
  assert.ok(Value.Check(RupiahInput, '12500'))
  assert.throws(() => readRupiah('2147483648'), { code: 'validation_failed' })
  assert.deepEqual([rupiah(12_500n), rupiah(-1_000_000), rupiah(5)], ['Rp 12.500', '-Rp 1.000.000', 'Rp 5'])
})

test('what commits reaches the permanent record, and the chain is proved', async () => {
  await wallet.auditArrives()
  const { ok, checked } = await wallet.proveAudit()
  assert.ok(ok && checked > 0n)
})
