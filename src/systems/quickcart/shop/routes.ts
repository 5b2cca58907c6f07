import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { jwksRoute } from '../../../platform/access/authenticate.ts'
import { useAccess } from '../../../platform/access/guard.ts'
import { shopAccess, shopTokens } from '../accounts/access.ts'
import { profileRoutes } from '../accounts/profile.routes.ts'
import { signInRoutes } from '../accounts/sign-in.routes.ts'
import { userAdminRoutes } from '../accounts/user-admin.routes.ts'
import { catalogRoutes } from '../catalog/catalog.routes.ts'
import { catalogAdminRoutes } from '../catalog/catalog-admin.routes.ts'
import { depositRoutes } from '../deposits/deposit.routes.ts'
import { orderRoutes } from '../orders/order.routes.ts'
import { orderAdminRoutes } from '../orders/order-admin.routes.ts'
import { stockRoutes } from '../stock/stock.routes.ts'
import type { Store } from '../store.ts'
import { auditRoutes } from './audit.routes.ts'
import { shopRoutes } from './shop.routes.ts'
import { webhooks } from './webhooks.ts'

/** The API below /quickcart/v1; the webhooks there and at the root path. */
export async function routes(app: FastifyInstance, store: Store): Promise<void> {
  const tokens = shopTokens(store)
  const api: FastifyPluginAsync = async (scope) => {
    useAccess(scope, shopAccess(store, tokens))
    jwksRoute(scope, tokens)
    shopRoutes(scope, store)
    signInRoutes(scope, store, tokens)
    profileRoutes(scope, store)
    catalogRoutes(scope, store)
    orderRoutes(scope, store)
    depositRoutes(scope, store)
    catalogAdminRoutes(scope, store)
    stockRoutes(scope, store)
    orderAdminRoutes(scope, store)
    userAdminRoutes(scope, store)
    auditRoutes(scope, store)
    await webhooks(scope, store)
  }
  const atRoot: FastifyPluginAsync = (scope) => webhooks(scope, store)
  await app.register(api, { prefix: '/quickcart/v1' })
  await app.register(atRoot)
}
