/** QuickCart, a Telegram shop for digital goods: the only door to this folder. */
import { verifyAudit } from '../../platform/audit/verify.ts'
import { watchAudit } from '../../platform/audit/watch.ts'
import { defineSystem, type RunningSystem } from '../../platform/system.ts'
import { variables } from './configuration.ts'
import { auditsDatabase, storeDatabase } from './databases.ts'
import { quickcartErrors } from './errors.ts'
import { seed } from './seeds.ts'
import { openOverview } from './shop/overview.ts'
import { routes } from './shop/routes.ts'
import { openSimulators } from './shop/simulators.ts'
import { startWork, type Work } from './shop/work.ts'
import { anchorPath, closeStore, openStore, type Store } from './store.ts'

export const quickcart = defineSystem({
  name: 'quickcart',
  title: 'QuickCart',
  about: 'A Telegram shop for digital goods: order, pay by QRIS or from the balance, goods in the chat.',
  databases: [storeDatabase, auditsDatabase],
  errors: quickcartErrors,
  variables,
  seed,
  verifyAudit: (context) =>
    verifyAudit({
      source: context.database(storeDatabase.name),
      target: context.database(auditsDatabase.name),
      anchorPath: anchorPath(context),
    }),
  open: async (context) => running(await openStore(context)),
})

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
