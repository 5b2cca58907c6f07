import type { FastifyInstance } from 'fastify'
import { type Static, Type } from 'typebox'
import { formatMoney, parseMoney } from '../../../kernel/money.ts'
import { callerOf } from '../../../platform/access/identity.ts'
import { Amount, AmountInput, oneOf, strictObject } from '../../../platform/http/schemas.ts'
import { typed } from '../../../platform/http/server.ts'
import { refusals } from '../shop/schemas.ts'
import type { Store } from '../store.ts'
import { ProductParams } from './catalog.routes.ts'
import { type Discount, removeDiscount, setDiscount } from './discounts.ts'

const tags = ['Administration']
const config = { access: { permission: 'catalog.manage' } } as const

const Kind = oneOf(['percent', 'nominal'])
const DiscountBody = strictObject({
  kind: Kind,
  value: Type.Union([AmountInput, Type.Integer({ minimum: 1, maximum: 1_000_000_000 })], {
    description: 'whole percent, or whole rupiah off',
  }),
})
const DiscountAnswer = Type.Object({ kind: Kind, value: Amount })
const CategoryParams = strictObject({ name: Type.String({ minLength: 1, maxLength: 255 }) })

export function discountRoutes(scope: FastifyInstance, store: Store): void {
  const app = typed(scope)

  app.put(
    '/admin/discounts/product/:id',
    {
      config,
      schema: {
        tags,
        summary: 'Lower the price of a product',
        params: ProductParams,
        body: DiscountBody,
        response: { 200: DiscountAnswer, ...refusals('product_not_found', 'amount_not_whole') },
      },
    },
    async (request) => {
      const discount = toDiscount(request.body)
      await setDiscount(store, callerOf(request), { product: request.params.id }, discount)
      return toAnswer(discount)
    },
  )

  app.delete(
    '/admin/discounts/product/:id',
    {
      config,
      schema: {
        tags,
        summary: 'End the discount of a product',
        params: ProductParams,
        response: { 204: Type.Null(), ...refusals('product_not_found') },
      },
    },
    async (request, reply) => {
      await removeDiscount(store, callerOf(request), { product: request.params.id })
      return reply.code(204).send(null)
    },
  )

  app.put(
    '/admin/discounts/category/:name',
    {
      config,
      schema: {
        tags,
        summary: 'Lower the prices of a category',
        params: CategoryParams,
        body: DiscountBody,
        response: { 200: DiscountAnswer, ...refusals('category_not_found', 'amount_not_whole') },
      },
    },
    async (request) => {
      const discount = toDiscount(request.body)
      await setDiscount(store, callerOf(request), { category: request.params.name }, discount)
      return toAnswer(discount)
    },
  )

  app.delete(
    '/admin/discounts/category/:name',
    {
      config,
      schema: {
        tags,
        summary: 'End the discount of a category',
        params: CategoryParams,
        response: { 204: Type.Null(), ...refusals('category_not_found') },
      },
    },
    async (request, reply) => {
      await removeDiscount(store, callerOf(request), { category: request.params.name })
      return reply.code(204).send(null)
    },
  )
}

function toDiscount({ kind, value }: Static<typeof DiscountBody>): Discount {
  return { kind, value: parseMoney('IDR', String(value)) }
}

function toAnswer({ kind, value }: Discount): Static<typeof DiscountAnswer> {
  return { kind, value: formatMoney('IDR', value) }
}
