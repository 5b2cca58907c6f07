import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { jwksRoute } from '../../../platform/access/authenticate.ts'
import { useAccess } from '../../../platform/access/guard.ts'
import { shopAccess, shopTokens } from '../accounts/access.ts'
import { profileRoutes } from '../accounts/profile.routes.ts'
import { signInRoutes } from '../accounts/sign-in.routes.ts'
import { userAdminRoutes } from '../accounts/user-admin.routes.ts'
import { broadcastRoutes } from '../broadcasts/broadcast.routes.ts'
import { catalogRoutes } from '../catalog/catalog.routes.ts'
import { catalogAdminRoutes } from '../catalog/catalog-admin.routes.ts'
import { discountRoutes } from '../catalog/discount.routes.ts'
import { depositRoutes } from '../deposits/deposit.routes.ts'
import { groupRoutes } from '../groups/group.routes.ts'
import { orderRoutes } from '../orders/order.routes.ts'
import { orderAdminRoutes } from '../orders/order-admin.routes.ts'
import { privacyRoutes } from '../privacy/privacy.routes.ts'
import { refundRoutes } from '../refunds/refund.routes.ts'
import { refundAdminRoutes } from '../refunds/refund-admin.routes.ts'
import { stockRoutes } from '../stock/stock.routes.ts'
import type { Store } from '../store.ts'
import { firstStore, type StoreIdentity } from '../stores/store-identity.ts'
import { supportRoutes } from '../support/support.routes.ts'
import { voucherAdminRoutes } from '../vouchers/voucher-admin.routes.ts'
import { auditRoutes } from './audit.routes.ts'
import { settingsRoutes } from './settings.routes.ts'
import { shopRoutes } from './shop.routes.ts'
import { webhooks } from './webhooks.ts'

/** The API below /quickcart/v1, or the shop's own path; the webhooks there and at the root. */
export async function routes(app: FastifyInstance, store: Store): Promise<void> {
  const { paths } = store.identity
  if (store.identity.name !== firstStore.name) groupByShop(app, store.identity)
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
    refundRoutes(scope, store)
    refundAdminRoutes(scope, store)
    discountRoutes(scope, store)
    settingsRoutes(scope, store)
    supportRoutes(scope, store)
    voucherAdminRoutes(scope, store)
    broadcastRoutes(scope, store)
    groupRoutes(scope, store)
    privacyRoutes(scope, store)
    auditRoutes(scope, store)
    await scope.register(hooks, { prefix: '/webhooks' })
  }
  const hooks: FastifyPluginAsync = (scope) => webhooks(scope, store)
  await app.register(api, { prefix: paths.api })
  await app.register(hooks, { prefix: paths.webhooks })
}

/** In the reference the operations of a further shop stand in groups of their own. */
function groupByShop(scope: FastifyInstance, { name }: StoreIdentity): void {
  scope.addHook('onRoute', (route) => {
    const tags = route.schema?.tags?.map((tag) => `${tag} (${name})`)
    if (tags) route.schema = { ...route.schema, tags }
  })
}
