/** QuickCart, a Telegram shop for digital goods: the only door to this folder. */
import { defineSystem, type RunningSystem } from '../../platform/system.ts'
import { variables } from './configuration.ts'
import { auditsDatabase, storeDatabase } from './databases.ts'
import { quickcartErrors } from './errors.ts'
import { seed } from './seeds.ts'
import { overview } from './shop/overview.ts'
import { routes } from './shop/routes.ts'
import { startWork, type Work } from './shop/work.ts'
import { closeStore, openStore, type Store } from './store.ts'

export const quickcart = defineSystem({
  name: 'quickcart',
  title: 'QuickCart',
  about: 'A Telegram shop for digital goods: order, pay by QRIS or from the balance, goods in the chat.',
  databases: [storeDatabase, auditsDatabase],
  errors: quickcartErrors,
  variables,
  seed,
  open: async (context) => running(await openStore(context)),
})

/** The system at work on a store; tests compose it with what they need. */
export function running(store: Store): RunningSystem {
  let work: Work | undefined
  return {
    routes: (app) => routes(app, store),
    async start() {
      work = await startWork(store)
    },
    async stop() {
      await work?.stop()
      await closeStore(store)
    },
    overview: () => overview(store),
  }
}
