import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { callerOf, identityOf } from '../../../platform/access/identity.ts'
import { PageOf, pageOf, pageQuery } from '../../../platform/http/pages.ts'
import { Amount, Instant, nullable, strictObject } from '../../../platform/http/schemas.ts'
import { typed } from '../../../platform/http/server.ts'
import { refusals } from '../shop/schemas.ts'
import type { Store } from '../store.ts'
import { profileOf, updateProfile } from './profile.ts'
import { ProfileAnswer, toProfileAnswer } from './sign-in.routes.ts'
import { listTransactions } from './transactions.ts'
import { userId } from './user-id.ts'

const tags = ['Account']
const own = { access: { permission: 'profile.own' } } as const

const PatchBody = strictObject({
  name: Type.Optional(Type.String({ maxLength: 400 })),
  email: Type.Optional(nullable(Type.String({ maxLength: 400 }))),
  whatsapp_number: Type.Optional(nullable(Type.String({ maxLength: 40 }))),
})

const TransactionAnswer = Type.Object({
  kind: Type.String({ description: 'order, deposit, refund, late, adj, opening' }),
  reference: Type.String(),
  status: Type.String(),
  /** What an order cost; what the others change the balance by, or would. */
  amount: Amount,
  created_at: Instant,
})

export function profileRoutes(scope: FastifyInstance, store: Store): void {
  const app = typed(scope)

  app.get(
    '/me',
    { config: own, schema: { tags, summary: 'Your profile', response: { 200: ProfileAnswer } } },
    async (request) => toProfileAnswer(await profileOf(store, userId(identityOf(request).subject))),
  )

  app.patch(
    '/me',
    {
      config: own,
      schema: {
        tags,
        summary: 'Change your profile; null clears',
        body: PatchBody,
        response: { 200: ProfileAnswer, ...refusals('email_taken') },
      },
    },
    async (request) => {
      const { name, email, whatsapp_number: whatsappNumber } = request.body
      const profile = await updateProfile(store, callerOf(request), userId(identityOf(request).subject), {
        ...(name === undefined ? {} : { name }),
        ...(email === undefined ? {} : { email }),
        ...(whatsappNumber === undefined ? {} : { whatsappNumber }),
      })
      return toProfileAnswer(profile)
    },
  )

  app.get(
    '/me/transactions',
    {
      config: own,
      schema: {
        tags,
        summary: 'What moved, newest first',
        querystring: pageQuery({}),
        response: { 200: PageOf(TransactionAnswer) },
      },
    },
    async (request) => {
      const page = await listTransactions(store, userId(identityOf(request).subject), pageOf(request.query))
      return { ...page, items: [...page.items] }
    },
  )
}
