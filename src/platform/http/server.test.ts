import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { Type } from 'typebox'
import { decodeCursor, encodeCursor } from '../../kernel/cursor.ts'
import { DomainError } from '../../kernel/errors.ts'
import { acceptRawBody } from './json.ts'
import { pageQuery } from './pages.ts'
import { strictObject } from './schemas.ts'
import { typed } from './server.ts'
import { call, testServer } from './test-server.ts'

const config = { access: 'public' } as const

const Order = strictObject({
  items: Type.Array(strictObject({ product_id: Type.Integer(), quantity: Type.Integer({ minimum: 1 }) }), {
    minItems: 1,
  }),
  payment_method: Type.Enum(['qris', 'account_balance']),
  note: Type.Optional(Type.String({ maxLength: 20 })),
})

function shop(scope: FastifyInstance): void {
  const app = typed(scope)
  app.post('/orders', { config, schema: { body: Order } }, async ({ body }) => ({
    units: body.items[0]?.quantity,
  }))
  app.get(
    '/orders',
    { config, schema: { querystring: pageQuery({ paid: Type.Optional(Type.Boolean()) }) } },
    async ({ query }) => query,
  )
  app.get('/orders/:invoice', { config }, async ({ params }) => params)
  app.get('/big', { config }, async () => ({ id: 2n ** 62n }))
  app.get(
    '/typed-big',
    { config, schema: { response: { 200: Type.Object({ id: Type.String() }) } } },
    async () =>
      // A row holds more than the answer's schema names.
      JSON.parse('{"id":"4611686018427387904","content":"KEY-1"}'),
  )
  app.get('/crash', { config }, async () => {
    throw new Error('connection to postgres://niaga:hunter2@db failed')
  })
  app.get('/refused', { config }, async () => {
    throw new DomainError(
      'voucher_cooldown',
      { status: 409, text: 'Wait {retry_after} seconds' },
      { retry_after: 12.2, status: 1 },
    )
  })
  const webhookRoutes: FastifyPluginAsync = async (webhooks) => {
    acceptRawBody(webhooks)
    webhooks.post('/webhook', { config }, async ({ body }) => ({
      bytes: Buffer.isBuffer(body) ? body.toString('hex') : 'no',
    }))
  }
  scope.register(webhookRoutes)
}

const start = (t: TestContext) => testServer(t, shop)

async function problem(url: string, init: Parameters<typeof call>[1], status: number, code: string) {
  const answer = await call(url, init)
  assert.equal(answer.status, status, JSON.stringify(answer.body))
  assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/)
  assert.equal(answer.body.code, code)
  assert.equal(answer.body.status, status)
  assert.equal(answer.body.type, `/errors#${code}`)
  assert.equal(answer.body.request_id, answer.headers.get('x-request-id'))
  return answer
}

const post = (body: string, type = 'application/json') => ({
  method: 'POST',
  body,
  headers: { 'content-type': type },
})
const order = { items: [{ product_id: 1, quantity: 2 }], payment_method: 'qris' }

test('a valid order passes, each kind of wrong one is told what is wrong with which field', async (t) => {
  const { url } = await start(t)
  assert.deepEqual((await call(`${url}/orders`, { json: order })).body, { units: 2 })

  const cases: [object, { field: string; reason: RegExp }[]][] = [
    [{ ...order, admin: true }, [{ field: 'admin', reason: /not known/ }]],
    [
      { ...order, items: [{ product_id: 1, quantity: '2' }] },
      [{ field: 'items.0.quantity', reason: /integer/ }],
    ],
    [{ ...order, items: [{ product_id: 1, quantity: 0 }] }, [{ field: 'items.0.quantity', reason: /1/ }]],
    [
      { ...order, items: [{ product_id: 1.5, quantity: 1, x: 1 }] },
      [
        { field: 'items.0.x', reason: /not known/ },
        { field: 'items.0.product_id', reason: /integer/ },
      ],
    ],
    [
      { ...order, payment_method: 'cash' },
      [{ field: 'payment_method', reason: /one of: qris, account_balance/ }],
    ],
    [{ payment_method: 'qris' }, [{ field: 'items', reason: /required/ }]],
    [{ ...order, note: 'x'.repeat(21) }, [{ field: 'note', reason: /20/ }]],
    [[order], [{ field: '', reason: /object/ }]],
  ]
  for (const [json, expected] of cases) {
    const { body } = await problem(`${url}/orders`, { json }, 422, 'validation_failed')
    assert.ok(Array.isArray(body.errors), JSON.stringify(body))
    const found = new Map(body.errors.map(({ field, reason }) => [field, String(reason)]))
    assert.deepEqual([...found.keys()].toSorted(), expected.map(({ field }) => field).toSorted())
    for (const { field, reason } of expected) assert.match(found.get(field) ?? '', reason)
  }
})

test('a thousand wrong items cost a handful of complaints', async (t) => {
  const { url } = await start(t)
  const items = Array.from({ length: 1000 }, () => ({ product_id: 'x', quantity: 'y' }))
  const { body } = await problem(`${url}/orders`, { json: { ...order, items } }, 422, 'validation_failed')
  assert.ok(Array.isArray(body.errors) && body.errors.length <= 8)
})

test('what is not JSON, or not ours to parse, is refused before it is looked at', async (t) => {
  const { url } = await start(t)
  for (const body of [
    '{',
    '{"a":1}}',
    'null,',
    '\0',
    '{"a":1e}',
    '{"__proto__":{"admin":true}}',
    '{"constructor":{"prototype":{}}}',
  ]) {
    await problem(`${url}/orders`, post(body), 400, 'bad_request')
  }
  await problem(`${url}/orders`, post(''), 422, 'validation_failed')
  await problem(
    `${url}/orders`,
    post('a=1', 'application/x-www-form-urlencoded'),
    415,
    'unsupported_media_type',
  )
  await problem(`${url}/orders`, post('{}', 'text/plain'), 415, 'unsupported_media_type')
})

test('a body of more than a mebibyte and one nested too deeply are refused', async (t) => {
  const { url } = await start(t)
  const huge = JSON.stringify({ ...order, note: 'x'.repeat(1024 * 1024) })
  const { body } = await problem(`${url}/orders`, post(huge), 413, 'payload_too_large')
  assert.match(String(body.detail), /1048576/)
  await problem(`${url}/orders`, post(`${'['.repeat(33)}${']'.repeat(33)}`), 400, 'bad_request')
  await problem(`${url}/orders`, post('['.repeat(500_000)), 400, 'bad_request')
  // Brackets inside a text are no nesting.
  await problem(`${url}/orders`, { json: { ...order, note: '[[[[\\"'.repeat(30) } }, 422, 'validation_failed')
})

test('a query is read by its schema and never repaired', async (t) => {
  const { url } = await start(t)
  assert.deepEqual((await call(`${url}/orders`)).body, { limit: 20 })
  assert.deepEqual((await call(`${url}/orders?limit=5&paid=true`)).body, { limit: 5, paid: true })
  for (const query of [
    'limit=0',
    'limit=101',
    'limit=5.5',
    'limit=',
    'limit=1e1',
    'limit=1&limit=2',
    'paid=yes',
    'other=1',
  ]) {
    await problem(`${url}/orders?${query}`, {}, 422, 'validation_failed')
  }
})

test('a cursor that nobody gave out is a bad request', async (t) => {
  const { url } = await testServer(t, (scope) => {
    typed(scope).get('/rows', { config, schema: { querystring: pageQuery({}) } }, async ({ query }) => ({
      after: decodeCursor(query.cursor ?? '', ['string', 'number']),
    }))
  })
  const { body } = await call(`${url}/rows?cursor=${encodeCursor(['2026-01-01', 7])}`)
  assert.deepEqual(body, { after: ['2026-01-01', 7] })
  for (const cursor of [
    'x',
    encodeCursor(['a']),
    encodeCursor([7, 'a']),
    encodeCursor(['a\0', 1]),
    'bnVsbA',
    '%F0%9F%92%A9',
  ]) {
    await problem(`${url}/rows?cursor=${cursor}`, {}, 400, 'bad_request')
  }
  await problem(`${url}/rows?cursor=${'x'.repeat(501)}`, {}, 422, 'validation_failed')
})

test('U+0000, which no text column can hold, is refused at the door', async (t) => {
  const { url } = await start(t)
  await problem(`${url}/orders`, { json: { ...order, note: 'a\0b' } }, 400, 'bad_request')
  await problem(`${url}/orders`, post('{"note":"\\\\\\u0000"}'), 400, 'bad_request')
  await problem(`${url}/orders/a%00b`, {}, 400, 'bad_request')
  assert.equal((await call(`${url}/orders`, { json: { ...order, note: '\\u0000' } })).status, 200)
})

test('a path parameter of 200 three-byte letters arrives whole', async (t) => {
  const { url } = await start(t)
  const name = 'ก'.repeat(200)
  assert.deepEqual((await call(`${url}/orders/${encodeURIComponent(name)}`)).body, { invoice: name })
})

test('an unknown address is 404, a known one with another method 405 and says which would do', async (t) => {
  const { url } = await start(t)
  await problem(`${url}/nothing`, {}, 404, 'not_found')
  const { headers } = await problem(`${url}/orders/TRX1?x=1`, { method: 'DELETE' }, 405, 'method_not_allowed')
  assert.equal(headers.get('allow'), 'GET, HEAD')
  await problem(`${url}/orders`, { method: 'PUT' }, 405, 'method_not_allowed')
  await problem(`${url}/%zz`, {}, 400, 'bad_request')
})

test('an unforeseen failure says nothing about our insides, and the log knows it by its request id', async (t) => {
  const lines: { fields: object; message: string }[] = []
  const log = {
    debug() {},
    info() {},
    warn() {},
    error: (fields: object, message: string) => void lines.push({ fields, message }),
    child: () => log,
  }
  const { url } = await testServer(t, shop, { log })
  const { body } = await problem(
    `${url}/crash`,
    { headers: { 'x-request-id': 'from-the-proxy-1' } },
    500,
    'internal',
  )
  assert.equal(body.request_id, 'from-the-proxy-1')
  assert.doesNotMatch(JSON.stringify(body), /hunter2|postgres|stack/)
  assert.deepEqual(
    lines.map(({ fields }) => 'request_id' in fields && fields.request_id),
    ['from-the-proxy-1'],
  )
})

test('each answer leaves one line: route, status and code, never the query or the body', async (t) => {
  const lines: object[] = []
  const log = {
    debug() {},
    info: (fields: object) => void lines.push(fields),
    warn() {},
    error() {},
    child: () => log,
  }
  const { url } = await testServer(t, shop, { log })
  await call(`${url}/orders/TRX1?token=xyzzy`)
  await call(`${url}/orders?token=xyzzy`, { json: { note: 'private' } })
  assert.match(
    JSON.stringify(lines),
    /"route":"\/orders\/:invoice","status":200,.*"route":"\/orders","status":422,"code":"validation_failed"/,
  )
  assert.doesNotMatch(JSON.stringify(lines), /xyzzy|private/)
})

test('a refusal keeps its details, its own status and Retry-After in whole seconds', async (t) => {
  const { url } = await start(t)
  const { headers, body } = await problem(`${url}/refused`, {}, 409, 'voucher_cooldown')
  assert.equal(headers.get('retry-after'), '13')
  assert.equal(body.retry_after, 12.2)
})

test('request ids that could forge a log line are replaced', async (t) => {
  const { url } = await start(t)
  for (const id of ['short', 'has spaces in it', 'x'.repeat(101)]) {
    const { headers } = await call(`${url}/big`, { headers: { 'x-request-id': id } })
    assert.match(headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/)
  }
})

test('bigints are exact, and fields that the schema does not name stay inside', async (t) => {
  const { url } = await start(t)
  assert.deepEqual((await call(`${url}/big`)).body, { id: '4611686018427387904' })
  assert.deepEqual((await call(`${url}/typed-big`)).body, { id: '4611686018427387904' })
})

test('a webhook gets the bytes that were sent, whatever they are', async (t) => {
  const { url } = await start(t)
  const sent = Buffer.from('{ "a" : 1.0,\r\n"b":"\xff"}', 'latin1')
  for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded']) {
    const { body } = await call(`${url}/webhook`, {
      method: 'POST',
      body: sent,
      headers: { 'content-type': type },
    })
    assert.equal(body.bytes, sent.toString('hex'))
  }
  await problem(
    `${url}/webhook`,
    { method: 'POST', body: Buffer.alloc(1024 * 1024 + 1) },
    413,
    'payload_too_large',
  )
})

async function rawCall(port: number, request: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.end(request)
  return await text(socket)
}

test('what is not HTTP, and headers beyond 16 KiB, get a problem and a closed connection', async (t) => {
  const { port } = await start(t)
  for (const request of [
    'GARBAGE\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n',
    `GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(17_000)}\r\n\r\n`,
    'POST /orders HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc',
  ]) {
    const answer = await rawCall(port, request)
    assert.match(answer, /^HTTP\/1\.1 400 /)
    assert.match(answer, /Connection: close\r\n/i)
    assert.match(answer, /"code":"bad_request"/)
  }
})

test('closing finishes the request in flight and takes no new one', async (t) => {
  const gate = Promise.withResolvers<void>()
  const entered = Promise.withResolvers<void>()
  const { app, url } = await testServer(t, (scope) => {
    scope.get('/slow', { config }, async () => {
      entered.resolve()
      await gate.promise
      return { done: true }
    })
  })
  const slow = call(`${url}/slow`)
  await entered.promise
  const closed = app.close()
  await assert.rejects(call(`${url}/slow`).then(({ status }) => assert.equal(status, 200)))
  gate.resolve()
  assert.deepEqual((await slow).body, { done: true })
  await closed
})

test('pages and answers carry security headers', async (t) => {
  const { url } = await start(t)
  const { headers } = await call(`${url}/errors`)
  assert.match(headers.get('content-security-policy') ?? '', /default-src 'self'.*frame-ancestors 'none'/)
  assert.doesNotMatch(headers.get('content-security-policy') ?? '', /unsafe/)
  assert.equal(headers.get('x-content-type-options'), 'nosniff')
  assert.equal(headers.get('x-frame-options'), 'DENY')
  assert.equal(headers.get('x-powered-by'), null)
  assert.equal(headers.get('strict-transport-security'), null)
})

test('a route that does not say who may call it, or lets unknown fields pass, stops the start', async (t) => {
  await assert.rejects(
    testServer(t, (app) => void app.get('/open', async () => 'x')),
    /GET \/open does not declare config.access/,
  )
  await assert.rejects(
    testServer(
      t,
      (app) => void app.get('/secret', { config: { access: { permission: 'a' } } }, async () => 'x'),
    ),
    /its scope has no access rules/,
  )
  const loose = Type.Object({ name: Type.String() })
  await assert.rejects(
    testServer(
      t,
      (app) =>
        void app.post('/x', { config, schema: { body: strictObject({ inner: loose }) } }, async () => 'x'),
    ),
    /body.properties.inner must refuse unknown fields/,
  )
})

test('health tells each database, metrics count by route pattern and read gauges when asked', async (t) => {
  const { url, metrics } = await start(t)
  metrics.gauge({
    name: 'outbox_waiting',
    help: 'rows',
    labelNames: ['db'],
    read: async () => [{ labels: { db: 'a' }, value: 7 }],
  })
  metrics.gauge({ name: 'broken', help: 'never', read: async () => Promise.reject(new Error('away')) })
  assert.deepEqual((await call(`${url}/health/live`)).body, { status: 'alive' })
  assert.deepEqual((await call(`${url}/health/ready`)).body, { status: 'ready' })
  assert.deepEqual((await call(`${url}/health/db`)).body, {
    status: 'up',
    databases: [{ system: 'shop', name: 'db_shop', status: 'up', latency_ms: 0.4 }],
  })
  await call(`${url}/orders/TRX1`)
  const { body } = await call(`${url}/metrics`)
  assert.match(String(body.text), /outbox_waiting\{db="a"\} 7/)
  assert.match(
    String(body.text),
    /http_request_duration_seconds_count\{system="",method="GET",route="\/orders\/:invoice",status="200"\} 1/,
  )
  assert.match(String(body.text), /process_cpu_seconds_total/)
})

test('systems that declare the same gauge are one gauge, told apart by their label; one that fails hides no other', async (t) => {
  const { url, metrics } = await start(t)
  const spec = { name: 'rows_waiting', help: 'rows' }
  metrics.of('shop').gauge({ ...spec, read: async () => [{ value: 1 }] })
  metrics.of('shop-b').gauge({ ...spec, read: async () => [{ value: 2 }] })
  metrics.of('shop-c').gauge({ ...spec, read: async () => Promise.reject(new Error('away')) })
  const text = String((await call(`${url}/metrics`)).body.text)
  assert.match(text, /rows_waiting\{system="shop"\} 1\nrows_waiting\{system="shop-b"\} 2\n/)
  assert.doesNotMatch(text, /shop-c/)
})
