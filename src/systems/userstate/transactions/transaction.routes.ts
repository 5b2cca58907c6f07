import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { identityOf } from '../../../platform/access/identity.ts'
import { limitOf, PageOf, pageQuery } from '../../../platform/http/pages.ts'
import { instantInput, oneOf, strictObject } from '../../../platform/http/schemas.ts'
import { typed } from '../../../platform/http/server.ts'
import { refusals } from '../house/schemas.ts'
import type { Store } from '../store.ts'
import { findTransaction, listTransactions } from './list-transactions.ts'
import { sumByStatus, type TransactionFilter } from './transaction.queries.ts'
import { STATUSES, TransactionAnswer, toTransactionAnswer } from './transaction-view.ts'

const Time = instantInput()
const filters = {
  type: Type.Optional(Type.String({ pattern: '^[A-Z_]{1,20}$' })),
  status: Type.Optional(oneOf(STATUSES)),
  from: Type.Optional(Time),
  to: Type.Optional(Time),
}
const staffFilters = {
  ...filters,
  username: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
  invoice: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
  xendit_invoice: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
}

export const TransactionParams = strictObject({ id: Type.Integer({ minimum: 1 }) })
const Transactions = PageOf(TransactionAnswer)
const Sums = Type.Object({
  items: Type.Array(
    Type.Object({ status: oneOf(STATUSES), count: Type.Integer(), total_amount: Type.String() }),
  ),
})

export function transactionRoutes(scope: FastifyInstance, store: Store): void {
  const app = typed(scope)
  const tags = ['Wallet']
  const own = { access: { permission: 'wallet.own' } } as const

  app.get(
    '/transactions',
    {
      config: own,
      schema: {
        tags,
        summary: 'Your transactions',
        querystring: pageQuery(filters),
        response: { 200: Transactions },
      },
    },
    async (request) => {
      const { query } = request
      const filter = { ...filterOf(query), username: identityOf(request).subject }
      return answer(await listTransactions(store, filter, { limit: limitOf(query), cursor: query.cursor }))
    },
  )

  app.get(
    '/transactions/summary',
    {
      config: own,
      schema: {
        tags,
        summary: 'Counts and sums by status',
        querystring: strictObject(filters),
        response: { 200: Sums },
      },
    },
    async (request) =>
      sums(
        await sumByStatus(store.db, { ...filterOf(request.query), username: identityOf(request).subject }),
      ),
  )

  app.get(
    '/transactions/:id',
    {
      config: own,
      schema: {
        tags,
        summary: 'One transaction',
        params: TransactionParams,
        response: { 200: TransactionAnswer, ...refusals('not_found') },
      },
    },
    async (request) => {
      const { subject } = identityOf(request)
      return toTransactionAnswer(await findTransaction(store, BigInt(request.params.id), subject))
    },
  )
}

/** Support and finance look at everybody's. */
export function transactionAdminRoutes(scope: FastifyInstance, store: Store): void {
  const app = typed(scope)
  const tags = ['Administration']
  const staff = { access: { permission: 'admin.transactions.read' } } as const

  app.get(
    '/admin/transactions',
    {
      config: staff,
      schema: {
        tags,
        summary: 'Transactions',
        querystring: pageQuery(staffFilters),
        response: { 200: Transactions },
      },
    },
    async ({ query }) =>
      answer(
        await listTransactions(store, staffFilterOf(query), { limit: limitOf(query), cursor: query.cursor }),
      ),
  )

  app.get(
    '/admin/transactions/summary',
    {
      config: staff,
      schema: {
        tags,
        summary: 'Counts and sums by status',
        querystring: strictObject(staffFilters),
        response: { 200: Sums },
      },
    },
    async ({ query }) => sums(await sumByStatus(store.db, staffFilterOf(query))),
  )
}

type Asked = Pick<TransactionFilter, 'type' | 'status'> & { readonly from?: string; readonly to?: string }

function filterOf({ type, status, from, to }: Asked): TransactionFilter {
  return {
    ...(type === undefined ? {} : { type }),
    ...(status === undefined ? {} : { status }),
    ...(from === undefined ? {} : { from: new Date(from) }),
    ...(to === undefined ? {} : { to: new Date(to) }),
  }
}

function staffFilterOf(
  query: Asked & { readonly username?: string; readonly invoice?: string; readonly xendit_invoice?: string },
): TransactionFilter {
  const { username, invoice, xendit_invoice: xenditInvoice } = query
  return {
    ...filterOf(query),
    ...(username === undefined ? {} : { username }),
    ...(invoice === undefined ? {} : { invoice }),
    ...(xenditInvoice === undefined ? {} : { xenditInvoice }),
  }
}

function answer({ items, next_cursor }: Awaited<ReturnType<typeof listTransactions>>) {
  return { items: items.map(toTransactionAnswer), next_cursor }
}

function sums(rows: Awaited<ReturnType<typeof sumByStatus>>) {
  const items = rows.map(({ status, count, total }) => ({
    status,
    count: Number(count),
    total_amount: String(total),
  }))
  return { items }
}
