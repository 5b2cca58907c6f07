/** QuickCart at work: loaded only where it is opened, for commands need no bot. */
import { watchAudit } from '../../platform/audit/watch.ts'
import type { RunningSystem, SystemContext } from '../../platform/system.ts'
import { shopGauges } from './shop/gauges.ts'
import { openOverview } from './shop/overview.ts'
import { routes } from './shop/routes.ts'
import { openSimulators } from './shop/simulators.ts'
import { startWork, type Work } from './shop/work.ts'
import { closeStore, openStore, type Store } from './store.ts'
import type { StoreIdentity } from './stores/store-identity.ts'

export async function open(identity: StoreIdentity, context: SystemContext): Promise<RunningSystem> {
  const store = await openStore(identity, context)
  shopGauges(store, context.metrics)
  return running(store)
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
