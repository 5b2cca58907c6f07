import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { parseMoney } from '../../../kernel/money.ts'
import { callerOf } from '../../../platform/access/identity.ts'
import { PageOf, pageOf, pageQuery } from '../../../platform/http/pages.ts'
import { AmountInput, nullable, oneOf, strictObject } from '../../../platform/http/schemas.ts'
import { typed } from '../../../platform/http/server.ts'
import { ProductId, refusals } from '../shop/schemas.ts'
import type { Store } from '../store.ts'
import { findProduct, listProducts } from './browse.ts'
import { ProductAnswer, ProductParams, toProductAnswer } from './catalog.routes.ts'
import { createProduct } from './create-product.ts'
import { retireProduct, updateProduct } from './update-product.ts'

const tags = ['Administration']
const config = { access: { permission: 'catalog.manage' } } as const

const Name = Type.String({ minLength: 1, maxLength: 255 })
const Description = nullable(Type.String({ maxLength: 4000 }))
const Category = Type.String({ minLength: 1, maxLength: 255 })

const CreateBody = strictObject({
  id: Type.Optional(ProductId),
  name: Name,
  description: Type.Optional(Description),
  category: Type.Optional(Category),
  customer_price: AmountInput,
})

const PatchBody = strictObject({
  id: Type.Optional(ProductId),
  name: Type.Optional(Name),
  description: Type.Optional(Description),
  category: Type.Optional(Category),
  customer_price: Type.Optional(AmountInput),
  reseller_price: Type.Optional(nullable(AmountInput)),
  is_active: Type.Optional(Type.Boolean()),
})

export function catalogAdminRoutes(scope: FastifyInstance, store: Store): void {
  const app = typed(scope)

  app.get(
    '/admin/products',
    {
      config,
      schema: {
        tags,
        summary: 'All products, also those off sale',
        querystring: pageQuery({ sort: Type.Optional(oneOf(['id', 'sold'])) }),
        response: { 200: PageOf(ProductAnswer) },
      },
    },
    async (request) => {
      const { sort = 'id' } = request.query
      const page = await listProducts(store, {
        role: 'admin',
        inactiveToo: true,
        sort,
        ...pageOf(request.query),
      })
      return { ...page, items: page.items.map(toProductAnswer) }
    },
  )

  app.get(
    '/admin/products/:id',
    {
      config,
      schema: {
        tags,
        summary: 'One product',
        params: ProductParams,
        response: { 200: ProductAnswer, ...refusals('product_not_found') },
      },
    },
    async (request) => toProductAnswer(await findProduct(store, request.params.id, 'admin')),
  )

  app.post(
    '/admin/products',
    {
      config,
      schema: {
        tags,
        summary: 'A new product',
        body: CreateBody,
        response: { 201: ProductAnswer, ...refusals('product_id_taken', 'amount_not_whole') },
      },
    },
    async (request, reply) => {
      const { customer_price: price, ...product } = request.body
      const created = await createProduct(store, callerOf(request), {
        ...product,
        customerPrice: parseMoney('IDR', price),
      })
      return reply.code(201).send(toProductAnswer(created))
    },
  )

  app.patch(
    '/admin/products/:id',
    {
      config,
      schema: {
        tags,
        summary: 'Change a product; another id renumbers it',
        params: ProductParams,
        body: PatchBody,
        response: {
          200: ProductAnswer,
          ...refusals('product_not_found', 'product_id_taken', 'amount_not_whole'),
        },
      },
    },
    async (request) => {
      const {
        customer_price: price,
        reseller_price: resellerPrice,
        is_active: isActive,
        ...patch
      } = request.body
      const changed = await updateProduct(store, callerOf(request), request.params.id, {
        ...patch,
        ...(price === undefined ? {} : { customerPrice: parseMoney('IDR', price) }),
        ...(resellerPrice === undefined
          ? {}
          : { resellerPrice: resellerPrice === null ? null : parseMoney('IDR', resellerPrice) }),
        ...(isActive === undefined ? {} : { isActive }),
      })
      return toProductAnswer(changed)
    },
  )

  app.delete(
    '/admin/products/:id',
    {
      config,
      schema: {
        tags,
        summary: 'Take a product off sale',
        params: ProductParams,
        response: { 204: Type.Null(), ...refusals('product_not_found') },
      },
    },
    async (request, reply) => {
      await retireProduct(store, callerOf(request), request.params.id)
      return reply.code(204).send(null)
    },
  )
}
