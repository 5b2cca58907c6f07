import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { callerOf } from '../../../platform/access/identity.ts'
import { PageOf, pageOf, pageQuery } from '../../../platform/http/pages.ts'
import { Instant, oneOf, strictObject } from '../../../platform/http/schemas.ts'
import { typed } from '../../../platform/http/server.ts'
import { ProductParams } from '../catalog/catalog.routes.ts'
import { ProductId, refusals } from '../shop/schemas.ts'
import type { Store } from '../store.ts'
import { addStock } from './add-stock.ts'
import { listStock } from './list-stock.ts'
import { removeStock } from './remove-stock.ts'

const tags = ['Administration']
const config = { access: { permission: 'stock.manage' } } as const
const Removed = Type.Object({ removed: Type.Integer() })
/** 10,000 goods of a kilobyte each. */
const STOCK_BODY_BYTES = 12 * 1024 * 1024

const StockBody = strictObject({
  contents: Type.Array(Type.String({ maxLength: 4000 }), { minItems: 1, maxItems: 10_000 }),
})

const StockAnswer = Type.Object({
  id: Type.String(),
  content: Type.String(),
  state: oneOf(['available', 'reserved', 'sold']),
  created_at: Instant,
})

export function stockRoutes(scope: FastifyInstance, store: Store): void {
  const app = typed(scope)

  app.post(
    '/admin/products/:id/stock',
    {
      config,
      bodyLimit: STOCK_BODY_BYTES,
      schema: {
        tags,
        summary: 'Load goods, one text each',
        params: ProductParams,
        body: StockBody,
        response: {
          201: Type.Object({ added: Type.Integer(), duplicates: Type.Integer() }),
          ...refusals('product_not_found'),
        },
      },
    },
    async (request, reply) => {
      const { contents } = request.body
      const added = await addStock(store, callerOf(request), { productId: request.params.id, contents })
      return reply.code(201).send(added)
    },
  )

  app.get(
    '/admin/products/:id/stock',
    {
      config,
      schema: {
        tags,
        summary: 'Goods of a product',
        params: ProductParams,
        querystring: pageQuery({}),
        response: { 200: PageOf(StockAnswer), ...refusals('product_not_found') },
      },
    },
    async (request) => {
      const page = await listStock(store, {
        productId: request.params.id,
        ...pageOf(request.query),
      })
      return { ...page, items: [...page.items] }
    },
  )

  app.delete(
    '/admin/products/:id/stock',
    {
      config,
      schema: {
        tags,
        summary: 'Remove all goods that are neither reserved nor sold',
        params: ProductParams,
        response: { 200: Removed, ...refusals('product_not_found') },
      },
    },
    async (request) => ({
      removed: await removeStock(store, callerOf(request), { productId: request.params.id }),
    }),
  )

  app.delete(
    '/admin/products/:id/stock/:stock_id',
    {
      config,
      schema: {
        tags,
        summary: 'Remove one of the goods',
        params: strictObject({ id: ProductId, stock_id: Type.String({ pattern: '^[0-9a-f-]{36}$' }) }),
        response: { 200: Removed, ...refusals('stock_not_found', 'stock_not_available') },
      },
    },
    async (request) => {
      const { id: productId, stock_id: stockId } = request.params
      return { removed: await removeStock(store, callerOf(request), { productId, stockId }) }
    },
  )
}
