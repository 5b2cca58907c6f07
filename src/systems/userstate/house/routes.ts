import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { jwksRoute } from '../../../platform/access/authenticate.ts'
import { useAccess } from '../../../platform/access/guard.ts'
import { walletAccess } from '../access/access.ts'
import { logRoutes } from '../logs/log.routes.ts'
import type { Store } from '../store.ts'
import { walletRoutes } from '../wallet/wallet.routes.ts'
import { messageRoutes } from './messages.ts'
import { moneyRoutes } from './money.ts'
import { speakOurWords } from './words.ts'

/** The API below /userstate/v1. */
export async function routes(app: FastifyInstance, store: Store): Promise<void> {
  const api: FastifyPluginAsync = async (scope) => {
    speakOurWords(scope)
    useAccess(scope, walletAccess(store))
    jwksRoute(scope, store.tokens)
    walletRoutes(scope, store)
    logRoutes(scope, store)
    await moneyRoutes(scope, store)
    messageRoutes(scope, store)
  }
  await app.register(api, { prefix: '/userstate/v1' })
}
