import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { jwksRoute } from '../../../platform/access/authenticate.ts'
import { useAccess } from '../../../platform/access/guard.ts'
import { limitCallers } from '../../../platform/http/caller-limit.ts'
import { walletAccess } from '../access/access.ts'
import { authRoutes } from '../accounts/auth.routes.ts'
import { codeRoutes } from '../accounts/code.routes.ts'
import { deactivateRoutes } from '../accounts/deactivate.routes.ts'
import { profileRoutes } from '../accounts/profile.routes.ts'
import { addressRoutes } from '../addresses/address.routes.ts'
import { logRoutes } from '../logs/log.routes.ts'
import { pictureRoutes } from '../pictures/picture.routes.ts'
import { pointRoutes } from '../points/point.routes.ts'
import { erasureRoutes } from '../privacy/erasure.routes.ts'
import { exportRoutes } from '../privacy/export.routes.ts'
import { referralRoutes } from '../referrals/referral.routes.ts'
import { referralAdminRoutes } from '../referrals/referral-admin.routes.ts'
import { apiKeyRoutes } from '../services/api-key.routes.ts'
import { serviceRoutes } from '../services/service.routes.ts'
import { recordRoutes } from '../staff/record.routes.ts'
import { settingsRoutes } from '../staff/settings.routes.ts'
import { staffRoutes } from '../staff/staff.routes.ts'
import type { Store } from '../store.ts'
import { voucherRoutes } from '../vouchers/voucher.routes.ts'
import { walletRoutes } from '../wallet/wallet.routes.ts'
import { messageRoutes } from './messages.ts'
import { moneyRoutes } from './money.ts'
import { speakOurWords } from './words.ts'

/** The API below /userstate/v1. */
export async function routes(app: FastifyInstance, store: Store): Promise<void> {
  const api: FastifyPluginAsync = async (scope) => {
    speakOurWords(scope)
    useAccess(scope, walletAccess(store))
    limitCallers(scope, { counter: store.kv, clock: store.clock, perMinute: store.config.limits.perMinute })
    jwksRoute(scope, store.tokens)
    authRoutes(scope, store)
    codeRoutes(scope, store)
    profileRoutes(scope, store)
    deactivateRoutes(scope, store)
    pictureRoutes(scope, store)
    exportRoutes(scope, store)
    pointRoutes(scope, store)
    referralRoutes(scope, store)
    referralAdminRoutes(scope, store)
    voucherRoutes(scope, store)
    addressRoutes(scope, store)
    walletRoutes(scope, store)
    logRoutes(scope, store)
    await moneyRoutes(scope, store)
    messageRoutes(scope, store)
    apiKeyRoutes(scope, store)
    staffRoutes(scope, store)
    erasureRoutes(scope, store)
    settingsRoutes(scope, store)
    recordRoutes(scope, store)
    serviceRoutes(scope, store)
  }
  await app.register(api, { prefix: '/userstate/v1' })
}
