import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer } from '../../../../test/calls.ts'
import { openShop } from '../../../../test/quickcart-shop.ts'
import { DomainError } from '../../../kernel/errors.ts'
import { toProblem } from '../../../platform/http/problem.ts'
import { sql } from '../../../postgres/sql.ts'
import { quickcartErrors } from '../errors.ts'

const shop = await openShop()
const { store } = shop

const says = ({ status, body }: Answer) => [status, body.code]

test('no refusal speaks of a detail that the problem’s own members would hide', () => {
  const own = Object.keys(toProblem(new DomainError('any', { status: 400, text: '' }), 'id'))
  const hidden = Object.entries(quickcartErrors).filter(([, { text }]) =>
    own.some((member) => text.includes(`{${member}}`)),
  )
  assert.deepEqual(hidden, [])
})

test('malformed JSON is told as such', async () => {
  const budi = await shop.customer()
  for (const body of ['{"items":', '[1,', 'nothing']) {
    assert.deepEqual(says(await shop.post('/orders/quote', { as: budi, body })), [400, 'bad_request'], body)
  }
})

test('a body of another type, or too large, is refused', async () => {
  const budi = await shop.customer()
  const xml = await shop.post('/orders/quote', {
    as: budi,
    body: '<order/>',
    headers: { 'content-type': 'application/xml' },
  })
  assert.deepEqual(says(xml), [415, 'unsupported_media_type'])
  const huge = await shop.post('/orders/quote', { as: budi, body: { items: 'x'.repeat(2_000_000) } })
  assert.deepEqual(says(huge), [413, 'payload_too_large'])
})

test('wrong types, missing and unknown fields are each named', async () => {
  const budi = await shop.customer()
  const bodies: [unknown, string][] = [
    [{ items: [{ product_id: '1', quantity: 1 }], payment_method: 'qris' }, 'items.0.product_id'],
    [{ items: [{ product_id: 1, quantity: 1.5 }], payment_method: 'qris' }, 'items.0.quantity'],
    [{ items: [{ product_id: 1, quantity: 0 }], payment_method: 'qris' }, 'items.0.quantity'],
    [{ items: [], payment_method: 'qris' }, 'items'],
    [{ items: [{ product_id: 1, quantity: 1 }], payment_method: 'cash' }, 'payment_method'],
    [{ items: [{ product_id: 1, quantity: 1 }] }, 'payment_method'],
    [{ items: [{ product_id: 1, quantity: 1 }], payment_method: 'qris', discount: 100 }, 'discount'],
    [{ items: [{ product_id: 1, quantity: 1, price: 1 }], payment_method: 'qris' }, 'items.0.price'],
    [{ items: [{ product_id: 3_000_000_000, quantity: 1 }], payment_method: 'qris' }, 'items.0.product_id'],
  ]
  for (const [body, field] of bodies) {
    const answer = await shop.post('/orders/quote', { as: budi, body })
    assert.deepEqual(says(answer), [422, 'validation_failed'], JSON.stringify(body))
    const fields = answer.body.errors.map((error: { field: string }) => error.field)
    assert.ok(fields.includes(field), `${field} is not among ${fields}`)
  }
})

test('more than a hundred units over several lines are refused', async () => {
  const budi = await shop.customer()
  const [a, b] = [await shop.product({ stock: 60 }), await shop.product({ stock: 60 })]
  const items = [a, b].map((product_id) => ({ product_id, quantity: 60 }))
  const answer = await shop.post('/orders/quote', { as: budi, body: { items, payment_method: 'qris' } })
  assert.deepEqual(says(answer), [422, 'validation_failed'])
})

test('a cursor that is not one is refused, in every list', async () => {
  const admin = await shop.customer({ role: 'admin' })
  const other = Buffer.from('["x"]').toString('base64url')
  const lists = [
    '/orders',
    '/products',
    '/me/transactions',
    '/admin/orders',
    '/admin/products',
    '/admin/users',
    '/admin/audit',
  ]
  for (const list of lists) {
    for (const cursor of ['nonsense', '%00', other, 'e30']) {
      const answer = await shop.get(`${list}?cursor=${cursor}`, { as: admin })
      assert.deepEqual(says(answer), [400, 'bad_request'], `${list} ${cursor}`)
    }
    const limit = await shop.get(`${list}?limit=1000`, { as: admin })
    assert.deepEqual(says(limit), [422, 'validation_failed'], list)
  }
})

test('a cursor beyond every number ends the list', async () => {
  const admin = await shop.customer({ role: 'admin' })
  const far = Buffer.from('[9007199254740991]').toString('base64url')
  const farProduct = Buffer.from('[9007199254740991,9007199254740991]').toString('base64url')
  for (const path of [
    `/orders?cursor=${far}`,
    `/admin/orders?cursor=${far}`,
    `/admin/payments?cursor=${far}`,
    `/admin/audit?cursor=${far}`,
    `/admin/users?cursor=${far}`,
    `/admin/vouchers?cursor=${far}`,
    `/products?cursor=${farProduct}`,
    `/products?sort=sold&cursor=${farProduct}`,
  ]) {
    assert.equal((await shop.get(path, { as: admin })).status, 200, path)
  }
})

test('without a token, with a forged one, and with one that ended nobody comes in', async () => {
  const budi = await shop.customer()
  assert.deepEqual(says(await shop.get('/me')), [401, 'unauthenticated'])
  const [header, payload, signature = ''] = budi.token.split('.')
  const claims = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString())
  const forgedClaims = Buffer.from(JSON.stringify({ ...claims, sub: '1' })).toString('base64url')
  const none = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')
  for (const token of [
    `${header}.${forgedClaims}.${signature}`,
    `${none}.${payload}.`,
    `${header}.${payload}.${signature.slice(0, -4)}AAAA`,
    'not-a-token',
  ]) {
    assert.deepEqual(says(await shop.get('/me', { as: { id: budi.id, token } })), [401, 'unauthenticated'])
  }
  await shop.advance({ minutes: 16 })
  assert.deepEqual(says(await shop.get('/me', { as: budi })), [401, 'unauthenticated'])
})

test('a refresh token works once; its second use ends the session', async () => {
  const id = 310_000_001
  shop.telegram.addUser({ id, first_name: 'Sari' })
  const signIn = await shop.post('/auth/telegram', { body: { init_data: shop.telegram.initData(id) } })
  assert.equal(signIn.body.user.name, 'Sari')
  const first = { refresh_token: signIn.body.refresh_token }
  const next = await shop.post('/auth/refresh', { body: first })
  assert.equal(next.status, 200)
  assert.deepEqual(says(await shop.post('/auth/refresh', { body: first })), [401, 'refresh_reused'])
  const last = { refresh_token: next.body.refresh_token }
  assert.deepEqual(says(await shop.post('/auth/refresh', { body: last })), [401, 'unauthenticated'])
  const stolen = { id, token: next.body.access_token }
  assert.deepEqual(says(await shop.get('/me', { as: stolen })), [401, 'unauthenticated'])
})

test('whoever signs out is out at once, in that session alone', async () => {
  const id = 310_000_002
  shop.telegram.addUser({ id, first_name: 'Tono' })
  const signIn = () => shop.post('/auth/telegram', { body: { init_data: shop.telegram.initData(id) } })
  const [phone, desktop] = [(await signIn()).body, (await signIn()).body]
  await shop.post('/auth/logout', { body: { refresh_token: phone.refresh_token } })
  const seen = async (token: string) => (await shop.get('/me', { as: { id, token } })).status
  assert.deepEqual([await seen(phone.access_token), await seen(desktop.access_token)], [401, 200])
})

test("Telegram's proofs: forged, outdated, from the widget", async () => {
  const id = 310_000_002
  shop.telegram.addUser({ id, first_name: 'Dewi' })
  const proof = shop.telegram.initData(id)
  const forged = await shop.post('/auth/telegram', { body: { init_data: proof.replace('Dewi', 'Root') } })
  assert.deepEqual(says(forged), [401, 'telegram_auth_invalid'])
  assert.deepEqual(says(await shop.post('/auth/telegram', { body: {} })), [401, 'telegram_auth_invalid'])
  const widget = await shop.post('/auth/telegram', { body: { login: shop.telegram.loginWidget(id) } })
  assert.equal(widget.status, 200)
  await shop.advance({ hours: 1, seconds: 1 })
  const late = await shop.post('/auth/telegram', { body: { init_data: proof } })
  assert.deepEqual(says(late), [401, 'telegram_auth_expired'])
})

test('an order without an Idempotency-Key is not made', async () => {
  const budi = await shop.customer()
  const product = await shop.product()
  const body = { items: [{ product_id: product, quantity: 1 }], payment_method: 'qris' }
  for (const key of [undefined, '', 'x'.repeat(256)]) {
    const answer = await shop.post('/orders', { as: budi, body, ...(key === undefined ? {} : { key }) })
    assert.deepEqual(says(answer), [400, 'idempotency_key_required'])
  }
})

test('an address that is not there, and a method that is not', async () => {
  assert.deepEqual(says(await shop.get('/nothing')), [404, 'not_found'])
  assert.deepEqual(says(await shop.call('DELETE', '/products')), [405, 'method_not_allowed'])
  assert.deepEqual(says(await shop.get('/products/999999')), [404, 'product_not_found'])
  assert.deepEqual(says(await shop.get('/products/abc')), [422, 'validation_failed'])
})

test('a role and a ban count from the next request on, with the old token', async () => {
  const rina = await shop.customer({ role: 'reseller' })
  const product = await shop.product({ price: 30_000 })
  await shop.owner.db.run(sql`update products set reseller_price = 20000 where id = ${product}`)
  const price = async () => (await shop.get(`/products/${product}`, { as: rina })).body.price
  assert.equal(await price(), '20000.00')
  await shop.owner.db.run(sql`update users set member_status = 'customer' where id = ${rina.id}`)
  assert.equal(await price(), '30000.00')
  await shop.owner.db.run(sql`update users set is_banned = true where id = ${rina.id}`)
  assert.deepEqual(says(await shop.get('/me', { as: rina })), [403, 'banned'])
})

test('a profile is changed, cleared, and refused field by field', async () => {
  const [budi, ani] = [await shop.customer(), await shop.customer()]
  const set = await shop.call('PATCH', '/me', {
    as: budi,
    body: { name: ' Budi Santoso ', email: 'Budi@Contoh.ID', whatsapp_number: '+6281234567890' },
  })
  assert.deepEqual(
    [set.body.name, set.body.email, set.body.whatsapp_number],
    ['Budi Santoso', 'budi@contoh.id', '+6281234567890'],
  )
  const taken = await shop.call('PATCH', '/me', { as: ani, body: { email: 'budi@contoh.id' } })
  assert.deepEqual(says(taken), [409, 'email_taken'])
  const wrong = await shop.call('PATCH', '/me', {
    as: ani,
    body: { name: '', email: 'nobody', whatsapp_number: '12' },
  })
  assert.deepEqual(
    wrong.body.errors.map(({ field }: { field: string }) => field),
    ['name', 'email', 'whatsapp_number'],
  )
  const cleared = await shop.call('PATCH', '/me', { as: budi, body: { email: null, whatsapp_number: null } })
  assert.deepEqual([cleared.body.email, cleared.body.whatsapp_number], [null, null])
})

test('an admin runs the catalog: create, load, change, renumber, remove, retire', async () => {
  const admin = await shop.customer({ role: 'admin' })
  const created = await shop.post('/admin/products', {
    as: admin,
    body: { id: 70_001, name: 'Lisensi', customer_price: '15000', category: 'Alat' },
  })
  assert.deepEqual([created.status, created.body.price], [201, '15000.00'])
  const again = { id: 70_001, name: 'Lisensi', customer_price: '1' }
  assert.deepEqual(says(await shop.post('/admin/products', { as: admin, body: again })), [
    409,
    'product_id_taken',
  ])
  const fraction = { name: 'Pecahan', customer_price: '15000.50' }
  assert.deepEqual(says(await shop.post('/admin/products', { as: admin, body: fraction })), [
    422,
    'amount_not_whole',
  ])

  const stock = '/admin/products/70001/stock'
  const loaded = await shop.post(stock, { as: admin, body: { contents: ['a', 'b', 'a', ' '] } })
  assert.deepEqual([loaded.status, loaded.body], [201, { added: 2, duplicates: 1 }])
  const listed = await shop.get(stock, { as: admin })
  assert.deepEqual(listed.body.items.map(({ content }: { content: string }) => content).toSorted(), [
    'a',
    'b',
  ])

  const budi = await shop.customer({ balance: '15000' })
  assert.equal((await shop.order(budi, 70_001, { method: 'account_balance' })).status, 201)
  const sold = (await shop.get(stock, { as: admin })).body.items.find(
    ({ state }: { state: string }) => state === 'sold',
  )
  assert.deepEqual(says(await shop.call('DELETE', `${stock}/${sold.id}`, { as: admin })), [
    409,
    'stock_not_available',
  ])
  assert.deepEqual((await shop.call('DELETE', stock, { as: admin })).body, { removed: 1 })

  const moved = await shop.call('PATCH', '/admin/products/70001', {
    as: admin,
    body: { id: 70_002, reseller_price: '12000' },
  })
  assert.deepEqual([moved.body.id, moved.body.reseller_price], [70_002, '12000.00'])
  const history = await shop.get('/orders', { as: budi })
  assert.equal(history.body.items[0].items[0].product_id, 70_002)

  assert.equal((await shop.call('DELETE', '/admin/products/70002', { as: admin })).status, 204)
  assert.deepEqual(says(await shop.get('/products/70002')), [404, 'product_not_found'])
  const refused = await shop.order(budi, 70_002, { method: 'account_balance' })
  assert.deepEqual(says(refused), [409, 'product_inactive'])
})

test('lists go on where the page before ended, without gaps or repeats', async () => {
  const budi = await shop.customer({ balance: '100000' })
  const product = await shop.product({ price: 1_000, stock: 10 })
  const invoices: string[] = []
  for (let i = 0; i < 5; i++) {
    invoices.unshift((await shop.order(budi, product, { method: 'account_balance' })).body.invoice)
  }
  for (const list of ['/orders', '/me/transactions']) {
    const seen: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const { body }: Answer = await shop.get(`${list}?limit=2${cursor && `&cursor=${cursor}`}`, { as: budi })
      assert.ok(body.items.length <= 2)
      seen.push(
        ...body.items.map((item: { invoice?: string; reference?: string }) => item.invoice ?? item.reference),
      )
      cursor = body.next_cursor
    }
    assert.deepEqual(
      seen.filter((name) => name.startsWith('TRX')),
      invoices,
      list,
    )
  }
})

test('checking a payment six times in a minute: the sixth waits', async () => {
  const budi = await shop.customer()
  const { body } = await shop.order(budi, await shop.product())
  for (let i = 0; i < 5; i++) {
    assert.equal((await shop.post(`/orders/${body.invoice}/check`, { as: budi })).status, 200)
  }
  const sixth = await shop.post(`/orders/${body.invoice}/check`, { as: budi })
  assert.deepEqual(says(sixth), [429, 'rate_limited'])
  assert.ok(Number(sixth.headers.get('retry-after')) >= 1)
})

test('a sixth wrong voucher code in a minute is not looked up, wherever it is typed', async () => {
  const budi = await shop.customer()
  const product = await shop.product()
  const quote = (voucher: string) =>
    shop.post('/orders/quote', {
      as: budi,
      body: { items: [{ product_id: product, quantity: 1 }], payment_method: 'qris', voucher_code: voucher },
    })
  const wrong = [
    await quote('SALAH001'),
    await quote('SALAH002'),
    await quote('SALAH003'),
    await shop.order(budi, product, { voucher: 'SALAH004' }),
    await shop.post('/vouchers/validate', { as: budi, body: { code: 'SALAH005' } }),
  ]
  for (const answer of wrong) assert.deepEqual(says(answer), [422, 'voucher_invalid'])
  assert.deepEqual(says(await quote('SALAH006')), [429, 'rate_limited'])
  assert.deepEqual(says(await shop.order(budi, product, { voucher: 'SALAH007' })), [429, 'rate_limited'])
  assert.equal((await shop.order(budi, product)).status, 201, 'without a code nothing is limited')
})

test('a voucher code that holds does not count, however often it is looked at', async () => {
  const budi = await shop.customer()
  await shop.owner.db.run(sql`
    insert into vouchers (code, amount, created_by, expires_at)
      values ('BENAR001', 5000, ${budi.id}, ${shop.clock.now()}::timestamptz + interval '1 day')`)
  for (let n = 0; n < 7; n++) {
    const answer = await shop.post('/vouchers/validate', { as: budi, body: { code: 'BENAR001' } })
    assert.equal(answer.status, 200)
  }
})

test('goods of a paid order are sent again only to their owner', async () => {
  const [budi, admin] = [await shop.customer({ balance: '30000' }), await shop.customer({ role: 'admin' })]
  shop.telegram.sendText(budi.id, '/start')
  const product = await shop.product()
  const { body } = await shop.order(budi, product, { method: 'account_balance' })
  await shop.drain()
  const again = await shop.post(`/admin/orders/${body.invoice}/redeliver`, { as: admin })
  assert.equal(again.status, 202)
  await shop.drain()
  const sent = await store.db.one<{ n: number; to: bigint }>(sql`
    select count(*)::int as n, min(chat_id) as to from telegram_outbox
      where ref_id = ${body.invoice} and payload ->> 'kind' = 'deliver'`)
  assert.deepEqual([sent.n, sent.to], [2, BigInt(budi.id)])
  const unpaid = await shop.order(await shop.customer(), product)
  const refused = await shop.post(`/admin/orders/${unpaid.body.invoice}/redeliver`, { as: admin })
  assert.deepEqual(says(refused), [409, 'order_not_paid'])
})

test('the shop says how it is, how much it sold, and the names of its best buyers only half', async () => {
  const health = await shop.get('/health')
  assert.deepEqual([health.status, health.body.status], [200, 'healthy'])
  const stats = await shop.get('/stats')
  assert.ok(stats.body.total_users > 0)
  const { body } = await shop.get('/top-buyers')
  assert.ok(
    body.items.length > 0 && body.items.every(({ name }: { name: string }) => /^.{1,2}\*\*\*$/.test(name)),
  )
})

test('an update without a chat is refused before it is stored; one with an id beyond counting too', async () => {
  for (const update of [
    { update_id: 1.7e308 },
    { update_id: -1 },
    { update_id: 7, callback_query: 'x' },
    { update_id: 7, message: { text: 'x' } },
    { update_id: 7, my_chat_member: { chat: { id: 'x' } } },
  ]) {
    const { status } = await shop.post('/webhooks/telegram', {
      headers: { 'x-telegram-bot-api-secret-token': 'telegram-secret' },
      body: update,
    })
    assert.equal(status, 422, JSON.stringify(update))
  }
})
