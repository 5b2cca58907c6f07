/** UserState, wallets and profiles behind apps and services: the only door to this folder. */
import { verifyAudit } from '../../platform/audit/verify.ts'
import { watchAudit } from '../../platform/audit/watch.ts'
import { databaseGauges } from '../../platform/gauges.ts'
import type { RunningSystem, SystemContext, SystemManifest } from '../../platform/system.ts'
import { userstateVariables } from './configuration.ts'
import { ANCHOR_SCHEMA, auditsDatabase, SYSTEM, walletDatabase } from './databases.ts'
import { userstateErrors } from './errors.ts'
import { openSimulators } from './gateway/simulators.ts'
import { openOverview } from './house/overview.ts'
import { routes } from './house/routes.ts'
import { startWork, type Work } from './house/work.ts'
import { sinkRoutes } from './mail/sink.ts'
import { simulatedPhones } from './push/open-push.ts'
import { seed } from './seeds.ts'
import { ANCHOR_FILE, anchorPath, closeStore, openStore, type Store } from './store.ts'

export const userstate: SystemManifest = {
  name: SYSTEM,
  title: 'UserState',
  about: 'Wallets, points and profiles for apps and services: top up, pay, refer, redeem, withdraw.',
  databases: [walletDatabase, auditsDatabase],
  errors: userstateErrors,
  files: [ANCHOR_FILE],
  variables: userstateVariables,
  seed,
  verifyAudit: (context) => verifyAudit(auditOf(context)),
  async open(context) {
    const store = await openStore(context)
    databaseGauges(store.db, context.metrics)
    return running(store)
  },
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

function auditOf(context: SystemContext) {
  return {
    source: context.database(walletDatabase.name),
    target: context.database(auditsDatabase.name),
    anchorSchema: ANCHOR_SCHEMA,
    anchorPath: anchorPath(context),
  }
}
