import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { callerOf, identityOf } from '../../../platform/access/identity.ts'
import { idempotencyKey } from '../../../platform/http/idempotency-key.ts'
import { PageOf, pageOf, pageQuery } from '../../../platform/http/pages.ts'
import { Instant, nullable, oneOf, strictObject } from '../../../platform/http/schemas.ts'
import { typed } from '../../../platform/http/server.ts'
import { invalidFields } from '../../../platform/http/validation.ts'
import { refusals } from '../house/schemas.ts'
import type { Store } from '../store.ts'
import { Points, PointsInput, Rupiah } from '../wallet/amounts.ts'
import {
  completeGrant,
  findMutation,
  grantPoints,
  listMutations,
  readPoints,
  redeemPoints,
  withdrawGrant,
} from './points.ts'

const tags = ['Points']
const own = { access: { permission: 'points.own' } } as const
const write = { access: { permission: 'points.write' } } as const

const Whole = Type.String({ pattern: '^[1-9][0-9]{0,8}$', examples: ['50'] })
const GrantParams = strictObject({ id: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }) })

export const MutationAnswer = Type.Object({
  id: Type.Integer(),
  type: oneOf(['EARN', 'REDEEM']),
  amount: Points,
  reference_number: Type.String(),
  src: Type.String(),
  status: oneOf(['PENDING', 'COMPLETE']),
  account_name: nullable(Type.String()),
  available_at: nullable(Instant),
  created_at: Instant,
})

export function pointRoutes(scope: FastifyInstance, store: Store): void {
  const app = typed(scope)

  app.get(
    '/points',
    {
      config: own,
      schema: {
        tags,
        summary: 'Your points',
        response: { 200: Type.Object({ balance: Points, held: Points, earned: Points, redeemed: Points }) },
      },
    },
    async (request) => await readPoints(store, identityOf(request).subject),
  )

  app.get(
    '/points/mutations',
    {
      config: own,
      schema: {
        tags,
        summary: 'How they came and went, newest first',
        querystring: pageQuery({}),
        response: { 200: PageOf(MutationAnswer) },
      },
    },
    async (request) => {
      const page = await listMutations(store, identityOf(request).subject, pageOf(request.query))
      return { ...page, items: [...page.items] }
    },
  )

  app.post(
    '/points/redemptions',
    {
      config: { ...own, idempotencyKey: true },
      schema: {
        tags,
        summary: 'Turn whole points into balance',
        body: strictObject({ amount: Whole }),
        response: {
          201: Type.Object({
            mutation: MutationAnswer,
            transaction: Type.Object({ id: Type.String(), balance: Rupiah }),
          }),
          ...refusals('amount_out_of_range', 'insufficient_points', 'wallet_limit_exceeded'),
        },
      },
    },
    async (request, reply) => {
      const { subject: username } = identityOf(request)
      const made = await redeemPoints(store, callerOf(request), {
        username,
        points: Number(request.body.amount),
        key: idempotencyKey(request),
      })
      return reply.code(201).send({
        mutation: await findMutation(store.db, made.mutation),
        transaction: { id: made.transaction, balance: made.balance },
      })
    },
  )

  app.post(
    '/points/grants',
    {
      config: { ...write, idempotencyKey: true },
      schema: {
        tags,
        summary: 'Give points to somebody, or take some',
        description:
          '`PENDING`: points to give wait, points to take are held, until it is completed or withdrawn.',
        body: strictObject({
          username: Type.String({ minLength: 1, maxLength: 255 }),
          type: oneOf(['EARN', 'REDEEM']),
          amount: PointsInput,
          reference_number: Type.String({ minLength: 1, maxLength: 255 }),
          src: oneOf(['PROMO', 'TRANSACTION']),
          status: oneOf(['PENDING', 'COMPLETE']),
          account_name: Type.Optional(
            Type.String({ maxLength: 255, description: 'your own name, where you give it' }),
          ),
        }),
        response: {
          201: MutationAnswer,
          ...refusals(
            'not_found',
            'account_disabled',
            'amount_out_of_range',
            'duplicate_reference',
            'insufficient_points',
          ),
        },
      },
    },
    async (request, reply) => {
      const { reference_number: referenceNumber, account_name: accountName, ...body } = request.body
      const holder = identityOf(request).subject
      if (accountName !== undefined && accountName !== holder) {
        throw invalidFields([{ field: 'account_name', reason: 'must be your own' }])
      }
      const made = await grantPoints(store, callerOf(request), {
        ...body,
        referenceNumber,
        holder,
        key: idempotencyKey(request),
      })
      return reply.code(201).send(made)
    },
  )

  app.post(
    '/points/grants/:id/complete',
    {
      config: write,
      schema: {
        tags,
        summary: 'Complete what waits',
        params: GrantParams,
        response: { 200: MutationAnswer, ...refusals('not_found') },
      },
    },
    async (request) =>
      await completeGrant(store, callerOf(request), {
        id: request.params.id,
        holder: identityOf(request).subject,
      }),
  )

  app.delete(
    '/points/grants/:id',
    {
      config: write,
      schema: {
        tags,
        summary: 'Withdraw what waits',
        params: GrantParams,
        response: { 204: Type.Null(), ...refusals('not_found', 'mutation_not_pending') },
      },
    },
    async (request, reply) => {
      await withdrawGrant(store, callerOf(request), {
        id: request.params.id,
        holder: identityOf(request).subject,
      })
      return reply.code(204).send(null)
    },
  )
}
