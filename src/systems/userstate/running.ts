/** UserState at work: loaded only where it is opened, for commands send no mail. */
import { watchAudit } from '../../platform/audit/watch.ts'
import { databaseGauges } from '../../platform/gauges.ts'
import type { RunningSystem, SystemContext } from '../../platform/system.ts'
import { ANCHOR_SCHEMA } from './databases.ts'
import { openSimulators } from './gateway/simulators.ts'
import { openOverview } from './house/overview.ts'
import { routes } from './house/routes.ts'
import { startWork, type Work } from './house/work.ts'
import { sinkRoutes } from './mail/sink.ts'
import { walletPage } from './page/page.routes.ts'
import { simulatedPhones } from './push/open-push.ts'
import { closeStore, openStore, type Store } from './store.ts'

export async function open(context: SystemContext): Promise<RunningSystem> {
  const store = await openStore(context)
  databaseGauges(store.db, context.metrics)
  return running(store)
}

/** The system at work on a store; tests compose it with what they need. */
export function running(store: Store): RunningSystem {
  const { db: source, audits: target } = store
  const watch = watchAudit({ source, target, anchorSchema: ANCHOR_SCHEMA, anchorPath: store.anchorPath })
  const simulators = openSimulators(store)
  let work: Work | undefined
  return {
    async routes(app) {
      await simulators.routes(app)
      await simulatedPhones(app, store.push)
      await sinkRoutes(app, store.post)
      await routes(app, store)
      await walletPage(app, store)
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
