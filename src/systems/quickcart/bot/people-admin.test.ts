import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openChatShop, type Person } from '../../../../test/quickcart-chat.ts'
import { until } from '../../../../test/until.ts'
import { sql } from '../../../postgres/sql.ts'
import { receiveUpdate } from './receive-update.ts'

const shop = await openChatShop()
const { store, telegram } = shop
const admin = await shop.person('Admin').registered({ role: 'admin' })

interface AdminEvent {
  readonly entity: string
  readonly subject: bigint
  readonly command: string
  readonly arguments: string
  readonly outcome: string
  readonly target: number | null
}

/** The newest of this admin's orders, as the permanent record has it. */
async function lastEvent(): Promise<AdminEvent | undefined> {
  await shop.auditArrives()
  return await store.audits.maybeOne<AdminEvent>(sql`
    select entity_type || ' ' || entity_id as entity, subject_id as subject, context ->> 'command' as command,
        context ->> 'arguments' as arguments, context ->> 'outcome' as outcome,
        (context ->> 'target_user_id')::int as target
      from audit_logs where action = 'admin_command' and actor_id = ${admin.id} order by id desc limit 1`)
}

async function menuOf(person: Person): Promise<readonly string[]> {
  return person.transcript().commands.map(({ command }) => command)
}

test('/transfer and /editbalance move money once, tell its owner, and name them in the record', async () => {
  const budi = await shop.person().registered({ balance: 1_000 })
  admin.say(`/transfer ${budi.id}|50000`)
  await admin.sees(/sekarang Rp 51\.000/)
  await budi.sees('ditambah Rp 50.000')
  assert.deepEqual(await lastEvent(), {
    entity: `users ${budi.id}`,
    subject: BigInt(budi.id),
    command: 'transfer',
    arguments: '50000',
    outcome: 'ok',
    target: budi.id,
  })
  admin.say(`/editbalance ${budi.id}|0`)
  await admin.sees(/sekarang Rp 0/)
  admin.say(`/transfer ${budi.id}|100000001`)
  await admin.sees('harus antara Rp 1 dan Rp 100.000.000')
  admin.say(`/transfer ${budi.id} 5`)
  await admin.sees(/Format: .*\nContoh: \/transfer/)
  admin.say('/transfer 1|5')
  await admin.sees('Pengguna itu tidak ditemukan')
})

test('the same /transfer delivered again, or handled again after a crash, moves nothing more', async () => {
  const budi = await shop.person().registered()
  const message = admin.say(`/transfer ${budi.id}|7000`)
  await budi.sees('ditambah Rp 7.000')
  await shop.drain()
  const { update } = await store.db.one<{ update: string }>(sql`
    select convert_from(body, 'UTF8') as update from niaga.inbox where source = 'telegram'
      and convert_from(body, 'UTF8')::jsonb #>> '{message,message_id}' = ${String(message.message_id)}
      and convert_from(body, 'UTF8')::jsonb #>> '{message,chat,id}' = ${String(admin.id)}`)
  await receiveUpdate(store, JSON.parse(update))
  await store.db.run(sql`
    update niaga.inbox set status = 'received' where source = 'telegram' and convert_from(body, 'UTF8') = ${update}`)
  await shop.drain()
  const { account_balance } = await store.db.one<{ account_balance: string }>(
    sql`select account_balance from users where id = ${budi.id}`,
  )
  assert.equal(account_balance, '7000.00')
})

test('/addadmin and /rmadmin: the command menu and the commands come and go, and everybody concerned hears of it', async () => {
  const [budi, other] = [shop.person('Budi'), await shop.person('Lain').registered({ role: 'admin' })]
  await budi.registered()
  for (const person of [budi, other]) {
    person.say('/order')
    await person.sees('Cara memesan')
  }
  assert.ok(!(await menuOf(budi)).includes('addstock'))
  telegram.fault({ kind: 'server_error', status: 502, method: 'setMyCommands' })
  admin.say(`/addadmin ${budi.id}`)
  await admin.sees('sekarang admin')
  await budi.sees('Kamu sekarang admin')
  await other.sees(/Status pengguna berubah[\s\S]*sekarang admin/)
  await until(async () => (await menuOf(budi)).includes('addstock'))
  assert.ok(telegram.calls('setMyCommands').some(({ status }) => status === 502))
  budi.say('/help')
  await budi.sees('/addstock')

  other.say(`/rmadmin ${budi.id}`)
  await other.sees('bukan admin lagi')
  await until(async () => !(await menuOf(budi)).includes('addstock'))
  assert.ok((await menuOf(budi)).includes('order'))
  const before = budi.heard().length
  budi.say('/info 1')
  await shop.drain()
  assert.equal(budi.heard().length, before)
})

test('/addreseller and /rmress; what somebody is not cannot be taken away', async () => {
  const budi = await shop.person().registered()
  admin.say(`/addreseller ${budi.id}`)
  await budi.sees('Kamu sekarang reseller')
  admin.say(`/rmadmin ${budi.id}`)
  await admin.sees('tidak mungkin dari keadaannya')
  admin.say(`/rmress ${budi.id}`)
  await admin.sees('bukan reseller lagi')
})

test('/ban shuts out, is told once a day, and /unban lets in again; an admin is not banned', async () => {
  const budi = await shop.person().registered()
  admin.say(`/ban ${budi.id}`)
  await admin.sees('diblokir.')
  const told = () => budi.heard('diblokir dan tidak dapat').length
  budi.say('/order')
  await until(() => told() === 1)
  budi.say('/order')
  await shop.drain()
  assert.equal(told(), 1)
  await shop.advance({ hours: 24, seconds: 1 })
  budi.say('/order')
  await until(() => told() === 2)
  admin.say(`/unban ${budi.id}`)
  await admin.sees('tidak diblokir lagi')
  budi.say('/order')
  await budi.sees('Cara memesan')
  admin.say(`/ban ${admin.id}`)
  await admin.sees('Admin tidak bisa diblokir')
})

test('/info shows a person; neither their name nor their address waits in the outbox', async () => {
  const budi = await shop.person('Budi').registered({ balance: 5_000 })
  await shop.owner.db.run(
    sql`update users set name = 'Rahasia Sekali', email = 'rahasia@contoh.id' where id = ${budi.id}`,
  )
  admin.say(`/info ${budi.id}`)
  await admin.sees(/Nama: Rahasia Sekali[\s\S]*rahasia@contoh\.id[\s\S]*Rp 5\.000/)
  const { found } = await store.db.one<{ found: number }>(
    sql`select count(*)::int as found from telegram_outbox o where o::text ~* 'rahasia'`,
  )
  assert.equal(found, 0)
  assert.deepEqual([(await lastEvent())?.arguments, (await lastEvent())?.target], ['', budi.id])
})
