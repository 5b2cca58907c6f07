import type { FastifyInstance } from 'fastify'
import { type Static, Type } from 'typebox'
import { callerOf, identityOf } from '../../../platform/access/identity.ts'
import { nullable, strictObject } from '../../../platform/http/schemas.ts'
import { typed } from '../../../platform/http/server.ts'
import { refusals } from '../house/schemas.ts'
import type { Store } from '../store.ts'
import { type BankAccountView, selectBankAccounts } from './bank-account.queries.ts'
import { addBankAccount, removeBankAccount } from './bank-accounts.ts'

const text = nullable(Type.String())

const BankAccountAnswer = Type.Object({
  id: Type.Integer(),
  channel: Type.Integer(),
  channel_code: Type.String(),
  account_last4: text,
  account_holder_name: text,
})
const BankAccountBody = strictObject({
  channel: Type.Integer({ minimum: 1, maximum: 2_147_483_647, description: 'id of a bank channel' }),
  account_number: Type.String({ pattern: '^[+]?[0-9]{6,20}$' }),
  account_holder_name: Type.String({ minLength: 1, maxLength: 100 }),
})
export function bankAccountRoutes(scope: FastifyInstance, store: Store): void {
  const app = typed(scope)
  const own = { access: { permission: 'bank_accounts.own' } } as const
  const tags = ['Payouts']

  app.get(
    '/bank-accounts',
    {
      config: own,
      schema: {
        tags,
        summary: 'Your bank accounts',
        response: { 200: Type.Object({ items: Type.Array(BankAccountAnswer) }) },
      },
    },
    async (request) => ({
      items: (await selectBankAccounts(store.db, identityOf(request).subject)).map(toAnswer),
    }),
  )

  app.post(
    '/bank-accounts',
    {
      config: own,
      schema: {
        tags,
        summary: 'Keep a bank account',
        body: BankAccountBody,
        response: {
          201: BankAccountAnswer,
          ...refusals('bank_channel_inactive', 'bank_account_exists', 'bank_account_limit'),
        },
      },
    },
    async (request, reply) => {
      const { channel, account_number: accountNumber, account_holder_name: holderName } = request.body
      const username = identityOf(request).subject
      const input = { username, channel, accountNumber, holderName }
      return reply.code(201).send(toAnswer(await addBankAccount(store, callerOf(request), input)))
    },
  )

  app.delete(
    '/bank-accounts/:id',
    {
      config: own,
      schema: {
        tags,
        summary: 'Forget a bank account',
        params: strictObject({ id: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }) }),
        response: { 204: Type.Null(), ...refusals('not_found', 'bank_account_in_use') },
      },
    },
    async (request, reply) => {
      await removeBankAccount(store, callerOf(request), request.params.id, identityOf(request).subject)
      return reply.code(204).send(null)
    },
  )
}

function toAnswer(view: BankAccountView): Static<typeof BankAccountAnswer> {
  return {
    id: view.id,
    channel: view.channel,
    channel_code: view.channelCode,
    account_last4: view.last4,
    account_holder_name: view.holderName,
  }
}
