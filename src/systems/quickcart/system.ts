/** QuickCart, a Telegram shop for digital goods: the only door to this folder. */
import { verifyAudit } from '../../platform/audit/verify.ts'
import { watchAudit } from '../../platform/audit/watch.ts'
import type { Environment } from '../../platform/configuration.ts'
import type { RunningSystem, SystemManifest } from '../../platform/system.ts'
import { variablesOf } from './configuration.ts'
import { databasesOf } from './databases.ts'
import { quickcartErrors } from './errors.ts'
import { seed } from './seeds.ts'
import { shopGauges } from './shop/gauges.ts'
import { openOverview } from './shop/overview.ts'
import { routes } from './shop/routes.ts'
import { openSimulators } from './shop/simulators.ts'
import { startWork, type Work } from './shop/work.ts'
import { anchorFileName, anchorPath, closeStore, openStore, type Store } from './store.ts'
import { readStores } from './stores/read-stores.ts'
import type { StoreIdentity } from './stores/store-identity.ts'

/** One system per shop. @throws ConfigurationError */
export function quickcartStores(environment: Environment): readonly SystemManifest[] {
  return readStores(environment).map(quickcart)
}

function quickcart(identity: StoreIdentity): SystemManifest {
  const { shop, audits } = databasesOf(identity)
  return {
    name: identity.system,
    title: identity.title,
    about: 'A Telegram shop for digital goods: order, pay by QRIS or from the balance, goods in the chat.',
    databases: [shop, audits],
    errors: quickcartErrors,
    files: [anchorFileName(identity)],
    variables: variablesOf(identity),
    seed: (context, options) => seed(identity, context, options),
    verifyAudit: (context) =>
      verifyAudit({
        source: context.database(shop.name),
        target: context.database(audits.name),
        anchorPath: anchorPath(identity, context),
      }),
    async open(context) {
      const store = await openStore(identity, context)
      shopGauges(store, context.metrics)
      return running(store)
    },
  }
}

/** The system at work on a store; tests compose it with what they need. */
export function running(store: Store): RunningSystem {
  const simulators = openSimulators(store)
  const watch = watchAudit({ source: store.db, target: store.audits, anchorPath: store.anchorPath })
  let work: Work | undefined
  return {
    async routes(app) {
      await simulators.routes(app)
      await routes(app, store)
    },
    async start() {
      work = await startWork(store)
    },
    async stop() {
      await work?.stop()
      await simulators.close()
      await closeStore(store)
    },
    overview: openOverview(store, watch),
  }
}
