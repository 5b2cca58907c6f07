import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../../../../test/until.ts'
import { openUserstate } from '../../../../test/userstate.ts'
import { sql } from '../../../postgres/sql.ts'

const wallet = await openUserstate()
const { simulator: phones } = wallet.store.push
const { username: marketer } = await wallet.person({ roles: ['marketing'] })

/** Hours pass between the tests, and a session’s token ends after minutes. */
const signedIn = async (username: string) => ({
  token: (await wallet.store.tokens.issue(username)).access_token,
})

const draft = async (overrides: object = {}) =>
  wallet.post('/admin/campaigns', {
    as: await signedIn(marketer),
    body: {
      name: 'OnMarket',
      telp: '+6281234',
      message: 'Diskon 20% hari ini',
      audience: { all: true },
      ...overrides,
    },
  })
const act = async (id: number, word: string) =>
  wallet.post(`/admin/campaigns/${id}/${word}`, { as: await signedIn(marketer) })
const read = async (id: number) => {
  const { body } = await wallet.get('/admin/campaigns?limit=100', { as: await signedIn(marketer) })
  return body.items.find((each: { id: number }) => each.id === id)
}
const offersOf = (campaign: number) =>
  wallet.store.db.many<{ username: string; count: bigint }>(sql`
    select username, count(*)::bigint as count from marketing_offer where campaign_id = ${campaign} group by 1 order by 1`)

test('check 49: 1200 people, the connection killed half-way: each who is enabled and takes offers has one', async () => {
  await wallet.owner.run(sql`
    insert into user_login (username, pwd, disabled)
      select 'mass_' || lpad(i::text, 4, '0'), 'none', i % 100 = 0 from generate_series(1, 1200) i`)
  await wallet.owner.run(sql`
    insert into user_info (username, email, first_name, last_name, referral_code, marketing_opt_in)
      select 'mass_' || lpad(i::text, 4, '0'), i || '@mass.example', 'A', 'B', 'MASS' || i, i % 10 <> 1
      from generate_series(1, 1200) i`)
  await wallet.owner.run(sql`
    insert into fcm (fcm_id, username) select 'mass-phone-' || i, 'mass_' || lpad(i::text, 4, '0')
      from generate_series(1, 1200, 300) i`)
  // The server ends the session in the middle of the second batch, as a crash would.
  await wallet.owner.run(
    sql.raw(`create function kill_here() returns trigger language plpgsql security definer as $$
      begin perform pg_terminate_backend(pg_backend_pid()); return new; end $$;`),
  )
  await wallet.owner.run(
    sql.raw(`create trigger kill_here before insert on marketing_offer for each row
      when (new.username = 'mass_0900') execute function kill_here()`),
  )
  await wallet.owner.run(sql`update user_login set disabled = false where username = 'mass_0900'`)
  const { status, body } = await draft()
  assert.equal(status, 201)
  assert.equal((await act(body.id, 'send')).status, 202)
  await until(async () => (await offersOf(body.id)).length > 0)
  await until(async () => {
    const { failed } = await wallet.store.db.one<{ failed: boolean }>(sql`
      select exists (select from graphile_worker._private_jobs
        where key = ${`campaign:${body.id}`} and last_error is not null) as failed`)
    return failed
  })
  assert.equal((await offersOf(body.id)).length % 500, 0, 'batches are whole or not there')
  assert.equal((await read(body.id)).status, 'SENDING')
  await wallet.owner.run(sql.raw('drop trigger kill_here on marketing_offer; drop function kill_here()'))
  await wallet.advance({ hours: 1 })
  await until(async () => (await read(body.id)).status === 'SENT')
  const wanted = await wallet.store.db.many<{ username: string; count: bigint }>(sql`
    select i.username, 1::bigint as count from user_info i join user_login l using (username)
    where i.marketing_opt_in and not l.disabled order by 1`)
  assert.ok(wanted.length > 1000)
  assert.deepEqual(await offersOf(body.id), wanted)
  assert.equal((await read(body.id)).recipients, wanted.length)
  await wallet.drain()
  // mass_0001 and mass_0301, mass_0601, mass_0901 take no offers.
  assert.deepEqual(phones?.list(), [])
})

test('one that goes to a few also reaches their phones, once', async () => {
  const people = await Promise.all(Array.from({ length: 3 }, () => wallet.person()))
  for (const [i, as] of people.entries()) {
    await wallet.post('/devices', { as, body: { fcm_id: `few-phone-${i}` } })
  }
  const usernames = people.slice(0, 2).map(({ username }) => username)
  const { body } = await draft({ audience: { usernames: [...usernames, 'nobody'] } })
  const sent = await Promise.all(Array.from({ length: 5 }, () => act(body.id, 'send')))
  assert.deepEqual(new Set(sent.map(({ status }) => status)), new Set([202]))
  await wallet.drain()
  await until(async () => (await read(body.id)).status === 'SENT')
  assert.deepEqual(
    (await offersOf(body.id)).map(({ username }) => username),
    usernames.toSorted(),
  )
  await until(async () => (phones?.list().length ?? 0) === 2)
  assert.deepEqual([phones?.list('few-phone-0').length, phones?.list('few-phone-2').length], [1, 0])
  const as = people[0] ?? assert.fail()
  const offers = await wallet.get('/offers', { as })
  assert.deepEqual(
    offers.body.items.map((each: Record<string, unknown>) => [each.name, each.message, each.read_at]),
    [['OnMarket', 'Diskon 20% hari ini', null]],
  )
  const { id } = offers.body.items[0]
  assert.equal((await wallet.post(`/offers/${id}/read`, { as })).status, 204)
  assert.equal((await wallet.post(`/offers/${id}/read`, { as: people[1] ?? assert.fail() })).status, 404)
  assert.notEqual((await wallet.get('/offers', { as })).body.items[0].read_at, null)
})

test('drafted, scheduled, changed, taken back; what is sent is not changed any more', async () => {
  const at = new Date(wallet.clock.now().getTime() + 3_600_000).toISOString()
  const { body } = await draft({ audience: { agent: true }, scheduled_at: at, push: false })
  assert.equal(body.status, 'SCHEDULED')
  const edit = async (changes: object) =>
    wallet.call('PATCH', `/admin/campaigns/${body.id}`, { as: await signedIn(marketer), body: changes })
  assert.equal((await edit({ scheduled_at: null })).body.status, 'DRAFT')
  assert.equal((await edit({ scheduled_at: at, message: 'Baru' })).body.message, 'Baru')
  const agent = await wallet.person()
  await wallet.owner.run(sql`update user_info set agent = 'Y' where username = ${agent.username}`)
  await wallet.advance({ minutes: 30 })
  assert.equal((await read(body.id)).status, 'SCHEDULED')
  await wallet.advance({ minutes: 31 })
  await until(async () => (await read(body.id)).status === 'SENT')
  assert.deepEqual(await offersOf(body.id), [{ username: agent.username, count: 1n }])
  const late = await edit({ message: 'Terlambat' })
  assert.deepEqual([late.status, late.body.code], [409, 'campaign_not_editable'])
  assert.equal((await act(body.id, 'cancel')).status, 409)
})

test('a cancelled campaign gives out nothing, also where its job is already there', async () => {
  const { body } = await draft()
  assert.equal((await act(body.id, 'cancel')).body.status, 'CANCELLED')
  assert.equal((await act(body.id, 'cancel')).status, 200)
  assert.equal((await act(body.id, 'send')).status, 409)
  await wallet.drain()
  assert.deepEqual(await offersOf(body.id), [])
})

test('marketing alone makes campaigns, of at most 255 characters', async () => {
  assert.equal((await wallet.get('/admin/campaigns', { as: await wallet.person() })).status, 403)
  assert.equal((await draft({ message: 'x'.repeat(256) })).status, 400)
  assert.equal((await draft({ audience: { all: true, agent: true } })).status, 400)
  assert.equal((await draft({ audience: {} })).status, 400)
})
