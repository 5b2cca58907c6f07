import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openUserstate, type Person } from '../../../../test/userstate.ts'
import { sql } from '../../../postgres/sql.ts'

const wallet = await openUserstate()

const home = {
  recipient: 'Budi',
  phone: '0812 3456 7890',
  address_input: 'Jl. Mawar No. 5',
  province: 'DKI Jakarta',
  district: 'Menteng',
  city: 'Jakarta Pusat',
  urban: 'Gondangdia',
  post_id: '10350',
}

const add = (as: Person, extra: Readonly<Record<string, unknown>> = {}) =>
  wallet.post('/addresses', { as, body: { ...home, ...extra } })

async function primaries(as: Person): Promise<string[]> {
  const { body } = await wallet.get('/addresses?limit=100', { as })
  return body.items.filter((one: { primary: boolean }) => one.primary).map((one: { id: string }) => one.id)
}

test('check 19: of two who are made primary at once one is, and whoever goes is followed', async () => {
  const as = await wallet.person()
  const ids: string[] = []
  for (let i = 0; i < 3; i++) ids.push((await add(as)).body.id)
  const [first, second, third] = ids
  assert.deepEqual(await primaries(as), [first])
  const made = await Promise.all(
    [first, second, third].flatMap((id) => [0, 1].map(() => wallet.post(`/addresses/${id}/primary`, { as }))),
  )
  assert.deepEqual([...new Set(made.map(({ status }) => status))], [200])
  const [holder] = await primaries(as)
  assert.equal((await primaries(as)).length, 1)
  await assert.rejects(
    wallet.owner.run(sql`update address_list set primary_address = true where username = ${as.username}`),
    /uq_address_list_primary/,
  )
  const changed = ids.find((id) => id !== holder)
  await wallet.advance({ seconds: 1 })
  await wallet.call('PATCH', `/addresses/${changed}`, { as, body: { category: 'Kantor' } })
  assert.equal((await wallet.call('DELETE', `/addresses/${holder}`, { as })).status, 204)
  assert.deepEqual(await primaries(as), [changed])
})

test('the first addresses of a crowd of requests have one primary among them, and fifty are the most', async () => {
  const as = await wallet.person()
  const answers = await Promise.all(Array.from({ length: 55 }, () => add(as, { primary: true })))
  assert.deepEqual(
    [201, 409].map((status) => answers.filter((one) => one.status === status).length),
    [50, 5],
  )
  assert.equal(answers.find(({ status }) => status === 409)?.body.code, 'address_limit')
  assert.equal((await primaries(as)).length, 1)
})

test('the primary one stays until another one is', async () => {
  const as = await wallet.person()
  const { body: first } = await add(as)
  const patch = (id: string, body: unknown) => wallet.call('PATCH', `/addresses/${id}`, { as, body })
  assert.equal((await patch(first.id, { primary: false })).body.code, 'primary_required')
  const { body: second } = await add(as, { primary: true })
  assert.deepEqual(await primaries(as), [second.id])
  assert.equal((await patch(first.id, { primary: false })).status, 200)
  assert.equal((await patch(first.id, { primary: true })).body.primary, true)
  assert.deepEqual(await primaries(as), [first.id])
})

test('check 20: a missing formatted text is joined, impossible places are refused, others’ are not there', async () => {
  const as = await wallet.person()
  const other = await wallet.person()
  const { body } = await add(as, { address: { coordinates: { lat: -6.2, lng: 106.8 }, floor: 3 } })
  assert.deepEqual(body.address, {
    coordinates: { lat: -6.2, lng: 106.8 },
    floor: 3,
    formatted: 'Jl. Mawar No. 5, Gondangdia, Menteng, Jakarta Pusat, DKI Jakarta, 10350',
  })
  const moved = await wallet.call('PATCH', `/addresses/${body.id}`, { as, body: { post_id: '10351' } })
  assert.match(moved.body.address.formatted, /10351$/)
  assert.equal(moved.body.address.floor, 3)
  const own = await add(as, { address: { formatted: 'Istana Merdeka' } })
  assert.equal(own.body.address.formatted, 'Istana Merdeka')
  for (const extra of [
    { address: { coordinates: { lat: 91, lng: 0 } } },
    { address: { coordinates: { lat: 0, lng: -181 } } },
    { address: { note: 'x'.repeat(9000) } },
    { post_id: '1035' },
    { recipient: ' ' },
    { osas_log_id: -1 },
  ]) {
    assert.equal((await add(as, extra)).status, 400, JSON.stringify(extra).slice(0, 80))
  }
  for (const [method, path] of [
    ['GET', ''],
    ['PATCH', ''],
    ['DELETE', ''],
    ['POST', '/primary'],
  ] as const) {
    const answer = await wallet.call(method, `/addresses/${body.id}${path}`, {
      as: other,
      ...(method === 'PATCH' ? { body: {} } : {}),
    })
    assert.deepEqual([answer.status, answer.body.code], [404, 'not_found'], method)
  }
})
