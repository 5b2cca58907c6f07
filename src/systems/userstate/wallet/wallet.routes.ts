import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { identityOf } from '../../../platform/access/identity.ts'
import { typed } from '../../../platform/http/server.ts'
import type { Store } from '../store.ts'
import { Points, Rupiah } from './amounts.ts'
import { readWallet } from './read-wallet.ts'

const WalletAnswer = Type.Object({
  balance: Rupiah,
  in_transaction: Rupiah,
  available: Rupiah,
  points: Points,
  points_held: Points,
})

export function walletRoutes(scope: FastifyInstance, store: Store): void {
  typed(scope).get(
    '/wallet',
    {
      config: { access: { permission: 'wallet.own' } },
      schema: { tags: ['Wallet'], summary: 'Your balance and points', response: { 200: WalletAnswer } },
    },
    async (request) => {
      const { balance, inTransaction, points, pointsHeld } = await readWallet(
        store,
        identityOf(request).subject,
      )
      return {
        balance: String(balance),
        in_transaction: String(inTransaction),
        available: String(balance - inTransaction),
        points,
        points_held: pointsHeld,
      }
    },
  )
}
