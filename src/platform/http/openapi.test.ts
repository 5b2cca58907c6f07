import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { Type } from 'typebox'
import { kernelErrors } from '../../kernel/errors.ts'
import { useAccess } from '../access/guard.ts'
import { definePermissions } from '../access/permissions.ts'
import { platformErrors } from '../errors.ts'
import { declaredCodes, errorResponses } from './openapi.ts'
import { PageOf, pageQuery } from './pages.ts'
import { Amount, Instant, nullable, strictObject } from './schemas.ts'
import { typed } from './server.ts'
import { call, testServer } from './test-server.ts'

const shopErrors = {
  out_of_stock: { status: 409, text: 'Not enough of product {product_id}' },
  pending_order_exists: { status: 409, text: 'Order {invoice} is still open' },
  amount_out_of_range: { status: 422, text: 'The amount is out of range' },
} as const
const errors = errorResponses(shopErrors)

const Order = Type.Object({ invoice: Type.String(), total: Amount, paid_at: nullable(Instant) })

function shop(scope: FastifyInstance): void {
  useAccess(scope, {
    permissions: definePermissions({ 'orders.write': { roles: ['customer'] } }),
    authenticate: async () => undefined,
  })
  const app = typed(scope)
  app.post(
    '/orders',
    {
      config: { access: { permission: 'orders.write' }, idempotencyKey: true },
      schema: {
        summary: 'Place an order',
        tags: ['Orders'],
        body: strictObject({ product_id: Type.Integer() }),
        response: { 201: Order, ...errors('out_of_stock', 'pending_order_exists', 'amount_out_of_range') },
      },
    },
    async () => ({ invoice: 'TRX1', total: '1.00', paid_at: null }),
  )
  app.get(
    '/products',
    {
      config: { access: 'optional' },
      schema: {
        summary: 'Products',
        tags: ['Catalog'],
        querystring: pageQuery({ q: Type.Optional(Type.String()) }),
        response: { 200: PageOf(Order) },
      },
    },
    async () => ({ items: [{ invoice: 'TRX1', total: '1.00', paid_at: new Date(0) }], next_cursor: null }),
  )
  app.get('/page', { config: { access: 'public' } }, async () => 'not part of the reference')
}

interface Operation {
  readonly summary: string
  readonly security: object[]
  readonly parameters?: { name: string; in: string }[]
  readonly requestBody?: object
  readonly responses: Record<
    string,
    { content?: Record<string, { schema: { properties: { code: { enum: string[] } } } }> }
  >
}

async function documentOf(t: TestContext) {
  const { url } = await testServer(t, shop, { errors: shopErrors })
  const { status, body } = await call(`${url}/openapi.json`)
  assert.equal(status, 200)
  return body as {
    openapi: string
    info: object
    paths: Record<string, Record<string, Operation>>
    components: object
  }
}

test('the document is OpenAPI 3.1: every operation has a summary, answers, and resolvable references', async (t) => {
  const document = await documentOf(t)
  assert.match(document.openapi, /^3\.1\./)
  assert.deepEqual(
    Object.keys(document.paths)
      .filter((path) => !/health|metrics/.test(path))
      .sort(),
    ['/orders', '/products'],
  )
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      assert.ok(['get', 'post', 'put', 'patch', 'delete'].includes(method), `${method} ${path}`)
      assert.ok(operation.summary, `${method} ${path} has no summary`)
      assert.ok(Object.keys(operation.responses).every((status) => /^[1-5]\d\d$/.test(status)))
    }
  }
  for (const [, name = ''] of JSON.stringify(document).matchAll(
    /"\$ref":"#\/components\/schemas\/([^"]+)"/g,
  )) {
    assert.ok(JSON.stringify(document.components).includes(`"${name}":`), name)
  }
})

test('a route shows its own codes and those of the platform, by status, and who may call it', async (t) => {
  const { paths } = await documentOf(t)
  const place = paths['/orders']?.post
  assert.ok(place)
  const codes = (status: number) =>
    place.responses[status]?.content?.['application/problem+json']?.schema.properties.code.enum.toSorted()
  assert.deepEqual(codes(409), [
    'idempotency_conflict',
    'idempotency_in_flight',
    'out_of_stock',
    'pending_order_exists',
  ])
  assert.deepEqual(
    place.parameters?.map((parameter) => [parameter.in, parameter.name]),
    [['header', 'Idempotency-Key']],
  )
  assert.deepEqual(codes(422), ['amount_out_of_range', 'validation_failed'])
  assert.deepEqual(codes(401), ['unauthenticated'])
  assert.deepEqual(codes(403), ['banned', 'forbidden'])
  assert.deepEqual(codes(400), ['bad_request', 'idempotency_key_required'])
  assert.deepEqual(place.security, [{ accessToken: [] }, { apiKey: [] }])
  assert.deepEqual(paths['/products']?.get?.security, [{}, { accessToken: [] }, { apiKey: [] }])
  assert.deepEqual(paths['/health/live']?.get?.security, [])
  assert.deepEqual(
    paths['/products']?.get?.parameters?.map(({ name }) => name),
    ['q', 'cursor', 'limit'],
  )
})

test('every code that a route declares or the platform adds is in the catalogue', async (t) => {
  const { paths } = await documentOf(t)
  const catalogue = { ...kernelErrors, ...platformErrors, ...shopErrors }
  const statuses = new Map(Object.entries(catalogue).map(([code, { status }]) => [code, status]))
  let seen = 0
  for (const operation of Object.values(paths).flatMap((operations) => Object.values(operations))) {
    for (const [status, { content }] of Object.entries(operation.responses)) {
      for (const code of content?.['application/problem+json']?.schema.properties.code.enum ?? []) {
        assert.equal(statuses.get(code), Number(status), code)
        seen++
      }
    }
  }
  assert.ok(seen > 10)
})

test('a code outside the catalogue does not compile, and does not start', () => {
  // @ts-expect-error the code is not in the catalogue
  assert.throws(() => errors('sold_out'), /sold_out is not in the catalogue/)
  assert.deepEqual(declaredCodes({ 200: Order, ...errors('out_of_stock') }), ['out_of_stock'])
})

test('dates and nulls of an answer survive its schema', async (t) => {
  const { url } = await testServer(t, shop, { errors: shopErrors })
  const { body } = await call(`${url}/products`)
  assert.deepEqual(body, {
    items: [{ invoice: 'TRX1', total: '1.00', paid_at: '1970-01-01T00:00:00.000Z' }],
    next_cursor: null,
  })
})

test('the reference and its script come from here and name no other host to load from', async (t) => {
  const { url } = await testServer(t, shop, { errors: shopErrors })
  const page = await call(`${url}/reference/`)
  assert.equal(page.status, 200)
  const sources = [...String(page.body.text).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source]) => source)
  assert.deepEqual(sources, ['js/scalar.js'])
  const script = await call(`${url}/reference/js/scalar.js`)
  assert.equal(script.status, 200)
  assert.ok(String(script.body.text).length > 1_000_000)
})

test('the page at /errors explains each code at its own anchor', async (t) => {
  const { url } = await testServer(t, shop, { errors: shopErrors })
  const { body } = await call(`${url}/errors`)
  for (const code of ['out_of_stock', 'rate_limited', 'refresh_reused']) {
    assert.match(String(body.text), new RegExp(`<tr id="${code}">`))
  }
})

test('two systems that give one code two statuses are each documented with their own', async (t) => {
  const system = (status: number) => {
    const routes: FastifyPluginAsync = async (scope) => {
      scope.decorate('catalogue', { ...kernelErrors, validation_failed: { status, text: 'not valid' } })
      typed(scope).get(
        '/things',
        {
          config: { access: 'public' },
          schema: { summary: 'Things', querystring: pageQuery({}), response: { 200: PageOf(Order) } },
        },
        async () => ({ items: [], next_cursor: null }),
      )
    }
    return routes
  }
  const { url } = await testServer(
    t,
    async (app) => {
      await app.register(system(422), { prefix: '/one' })
      await app.register(system(400), { prefix: '/two' })
    },
    { errors: { validation_failed: { status: 400, text: 'not valid' } } },
  )
  const answer = await fetch(`${url}/openapi.json`)
  const { paths }: { paths: Record<string, { get?: { responses: object } }> } = JSON.parse(
    await answer.text(),
  )
  const statuses = (path: string) => Object.keys(paths[path]?.get?.responses ?? {})
  assert.ok(statuses('/one/things').includes('422'))
  assert.ok(!statuses('/two/things').includes('422'))
})
