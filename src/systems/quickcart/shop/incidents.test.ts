import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openChatShop } from '../../../../test/quickcart-chat.ts'
import { WEBHOOK_SECRET } from '../../../../test/quickcart-shop.ts'
import { until } from '../../../../test/until.ts'
import { wholeMoney } from '../../../kernel/money.ts'
import { sql } from '../../../postgres/sql.ts'

const shop = await openChatShop()
const { store, owner, pakasir } = shop
const admin = await shop.person('Admin').registered({ role: 'admin' })
admin.say('/order')
await admin.sees('Cara memesan')

/** Asks the gateway about nobody: refused where it answers at all. */
const ask = () => assert.rejects(store.pakasir.detail({ orderId: 'nobody', amount: wholeMoney('IDR', 500) }))
const told = (text: string) => admin.heard(text).length

test('a gateway that is down is told once however long it lasts, and its return once', async () => {
  pakasir.faults.arm({ kind: 'outage' })
  for (let n = 0; n < 5; n++) await ask()
  await admin.sees('Gateway pembayaran tidak menjawab')
  await shop.advance({ seconds: 31 })
  await ask()
  pakasir.faults.clear()
  await shop.advance({ minutes: 11 })
  await ask()
  await admin.sees('Gateway pembayaran menjawab lagi')
  assert.deepEqual([told('tidak menjawab'), told('menjawab lagi')], [1, 1])
})

test('events that wait for a person are told; more of them after a while; and when nothing waits any more', async () => {
  const unmatched = async (invoice: string) => {
    const body = { amount: 1000, order_id: invoice, project: 'shop', status: 'completed' }
    assert.equal((await shop.post(`/webhooks/pakasir?token=${WEBHOOK_SECRET}`, { body })).status, 200)
  }
  await unmatched('TRX20990101AAAAAA')
  await admin.sees('1 kiriman menunggu')
  await unmatched('TRX20990101BBBBBB')
  await unmatched('TRX20990101CCCCCC')
  await shop.drain()
  await shop.advance({ minutes: 11 })
  await admin.sees('3 kiriman menunggu')
  await owner.db.run(sql`update niaga.inbox set status = 'processed' where status = 'unmatched'`)
  await admin.sees('Tidak ada lagi kiriman')
  assert.deepEqual([told('kiriman menunggu'), told('Tidak ada lagi')], [2, 1])
})

test('a job that failed for good is told, and when none is left', async () => {
  await owner.db.run(sql`insert into graphile_worker._private_jobs (task_id, attempts, max_attempts)
    values (niaga.job_task_id('quickcart.ledger_reconcile'), 25, 25)`)
  await admin.sees('1 pekerjaan gagal')
  assert.match(admin.heard('pekerjaan gagal')[0]?.text ?? '', /quickcart\.ledger_reconcile/)
  await owner.db.run(sql`delete from graphile_worker._private_jobs where attempts = 25`)
  await admin.sees('Tidak ada lagi pekerjaan')
})

test('an audit that is more than five minutes behind is told once, and that it has caught up', async () => {
  const blocked = await owner.db.pool.connect()
  await blocked.query(`begin; select pg_advisory_xact_lock(hashtextextended('niaga.audit_relay', 0))`)
  await owner.db.run(sql`update users set name = 'Kepala' where id = ${admin.id}`)
  await shop.advance({ minutes: 6 })
  await admin.sees('Catatan audit tertunda')
  await blocked.query('rollback')
  blocked.release()
  await admin.sees('Catatan audit sudah lengkap')
  assert.deepEqual([told('audit tertunda'), told('sudah lengkap')], [1, 1])
})

test('a second program that reads the updates of the bot is told once, and that it is gone', async () => {
  const { telegram } = shop
  await until(async () => {
    await store.telegram.getUpdates()
    return telegram.calls('getUpdates').some(({ status }) => status === 409)
  })
  await admin.sees('program lain yang membaca')
  await shop.advance({ seconds: 61 })
  admin.say('/help')
  await admin.sees('membaca pesannya sendiri')
  assert.deepEqual([told('program lain'), told('pesannya sendiri')], [1, 1])
})
