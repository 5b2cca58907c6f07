import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { nullable, strictObject } from '../../../platform/http/schemas.ts'
import { typed } from '../../../platform/http/server.ts'
import type { Store } from '../store.ts'
import { selectChannels } from './bank-channels.ts'
import { selectOfferedTypes } from './payment-types.ts'

const text = nullable(Type.String())
const PaymentTypeAnswer = Type.Object({ id: Type.Integer(), name: Type.String() })
const ChannelAnswer = Type.Object({
  id: Type.Integer(),
  code: Type.String(),
  type: Type.String({ description: 'BANK or EWALLET' }),
  currency: Type.String(),
  description: text,
  alias: text,
})

/** What there is to choose from. */
export function choiceRoutes(scope: FastifyInstance, store: Store): void {
  const app = typed(scope)
  const seen = { access: { permission: 'choices.read' } } as const
  const tags = ['Choices']

  app.get(
    '/payment-types',
    {
      config: seen,
      schema: {
        tags,
        summary: 'Ways to pay',
        response: { 200: Type.Object({ items: Type.Array(PaymentTypeAnswer) }) },
      },
    },
    async () => ({ items: await selectOfferedTypes(store.db) }),
  )

  app.get(
    '/bank-channels',
    {
      config: seen,
      schema: {
        tags,
        summary: 'Banks and e-wallets to be paid out to, by code',
        querystring: strictObject({
          currency: Type.Optional(Type.String({ pattern: '^[A-Z]{3}$' })),
          q: Type.Optional(Type.String({ minLength: 1, maxLength: 60 })),
        }),
        response: { 200: Type.Object({ items: Type.Array(ChannelAnswer) }) },
      },
    },
    async ({ query }) => ({
      items: await selectChannels(store.db, query.currency ?? 'IDR', query.q ?? null),
    }),
  )
}
