import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { formatMoney } from '../../../kernel/money.ts'
import { PageOf, pageOf, pageQuery } from '../../../platform/http/pages.ts'
import { Amount, nullable, oneOf, strictObject } from '../../../platform/http/schemas.ts'
import { typed } from '../../../platform/http/server.ts'
import { roleOfRequest } from '../accounts/access.ts'
import { ProductId, refusals } from '../shop/schemas.ts'
import type { Store } from '../store.ts'
import { findProduct, listCategories, listProducts, type ProductView } from './browse.ts'

const tags = ['Catalog']
/** Prices depend on who asks; nobody need be anybody. */
const open = { access: 'optional' } as const

export const ProductParams = strictObject({ id: ProductId })

export const ProductAnswer = Type.Object({
  id: Type.Integer(),
  name: Type.String(),
  description: nullable(Type.String()),
  category: Type.String(),
  price: Amount,
  customer_price: Amount,
  reseller_price: Type.Optional(nullable(Amount)),
  sold_count: Type.Integer(),
  stock_count: Type.Integer(),
  is_active: Type.Boolean(),
})

const ProductsQuery = pageQuery({
  category: Type.Optional(Type.String({ maxLength: 255 })),
  q: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
  in_stock: Type.Optional(Type.Boolean()),
  sort: Type.Optional(oneOf(['id', 'sold'])),
})

export function catalogRoutes(scope: FastifyInstance, store: Store): void {
  const app = typed(scope)

  app.get(
    '/categories',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'Categories with something in them',
        response: {
          200: Type.Object({
            items: Type.Array(Type.Object({ name: Type.String(), products: Type.Integer() })),
          }),
        },
      },
    },
    async () => ({ items: [...(await listCategories(store))] }),
  )

  app.get(
    '/products',
    {
      config: open,
      schema: {
        tags,
        summary: 'Products on sale',
        querystring: ProductsQuery,
        response: { 200: PageOf(ProductAnswer) },
      },
    },
    async (request) => {
      const { category, q, in_stock: inStock, sort = 'id' } = request.query
      const page = await listProducts(store, {
        role: roleOfRequest(request),
        sort,
        ...pageOf(request.query),
        ...(category === undefined ? {} : { category }),
        ...(q === undefined ? {} : { query: q }),
        ...(inStock === undefined ? {} : { inStock }),
      })
      return { ...page, items: page.items.map(toProductAnswer) }
    },
  )

  app.get(
    '/products/:id',
    {
      config: open,
      schema: {
        tags,
        summary: 'One product',
        params: ProductParams,
        response: { 200: ProductAnswer, ...refusals('product_not_found') },
      },
    },
    async (request) => toProductAnswer(await findProduct(store, request.params.id, roleOfRequest(request))),
  )
}

export function toProductAnswer(product: ProductView) {
  return {
    id: product.id,
    name: product.name,
    description: product.description,
    category: product.category,
    price: formatMoney('IDR', product.price),
    customer_price: formatMoney('IDR', product.customerPrice),
    ...(product.resellerPrice === null ? {} : { reseller_price: formatMoney('IDR', product.resellerPrice) }),
    sold_count: product.soldCount,
    stock_count: product.stockCount,
    is_active: product.isActive,
  }
}
