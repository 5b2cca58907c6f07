import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { systemAccounts } from '../../../ledger/ledger.ts'
import { PageOf, pageOf, pageQuery } from '../../../platform/http/pages.ts'
import { Instant, nullable } from '../../../platform/http/schemas.ts'
import { typed } from '../../../platform/http/server.ts'
import type { Store } from '../store.ts'
import { listTransactions } from '../transactions/list-transactions.ts'
import { TransactionAnswer, toTransactionAnswer } from '../transactions/transaction-view.ts'
import { points, Rupiah } from '../wallet/amounts.ts'
import { compareGateway, type GatewayComparison, lastLedgerCheck } from './reconciliation.ts'

const ReconciliationAnswer = Type.Object({
  ledger: nullable(
    Type.Object(
      {
        checked_at: Instant,
        violations: Type.Array(
          Type.Object({ violation: Type.String(), subject: Type.String(), details: Type.Unknown() }),
        ),
      },
      { description: 'What the last night found; null before the first one' },
    ),
  ),
  gateway: Type.Object({
    held: nullable(Type.String({ description: 'By its own word; null where it does not answer' })),
    expected: Rupiah,
    payouts_under_way: Rupiah,
    difference: nullable(Rupiah),
  }),
  accounts: Type.Array(Type.Object({ name: Type.String(), unit: Type.String(), balance: Type.String() })),
  unbacked: PageOf(TransactionAnswer),
})

export function reconciliationRoutes(scope: FastifyInstance, store: Store): void {
  typed(scope).get(
    '/admin/reconciliation',
    {
      config: { access: { permission: 'admin.money' } },
      schema: {
        tags: ['Administration'],
        summary: 'The books against themselves and against the gateway',
        description:
          '`unbacked`: paid rows without a transfer, as imports have them; cursor and limit page these.',
        querystring: pageQuery({}),
        response: { 200: ReconciliationAnswer },
      },
    },
    async ({ query }) => {
      const [ledger, gateway, accounts, unbacked] = await Promise.all([
        lastLedgerCheck(store),
        compareGateway(store),
        systemAccounts(store.db),
        listTransactions(store, { unbacked: true }, pageOf(query)),
      ])
      return {
        ledger: ledger ? { ...ledger, violations: [...ledger.violations] } : null,
        gateway: toComparison(gateway),
        accounts: accounts.map(({ name, unit, balance }) => ({
          name,
          unit,
          balance: unit === 'PTS' ? points(balance) : String(balance),
        })),
        unbacked: { ...unbacked, items: unbacked.items.map(toTransactionAnswer) },
      }
    },
  )
}

function toComparison({ held, expected, underWay }: GatewayComparison) {
  return {
    held: held === null ? null : String(held),
    expected: String(expected),
    payouts_under_way: String(underWay),
    difference: held === null ? null : String(held - expected),
  }
}
