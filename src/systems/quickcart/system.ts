/** QuickCart, a Telegram shop for digital goods: the only door to this folder. */
import { verifyAudit } from '../../platform/audit/verify.ts'
import type { Environment } from '../../platform/configuration.ts'
import type { SystemManifest } from '../../platform/system.ts'
import { anchorFileName, anchorPath } from './anchors.ts'
import { variablesOf } from './configuration.ts'
import { databasesOf } from './databases.ts'
import { quickcartErrors } from './errors.ts'
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
    load: () => Promise.all([import('./seeds.ts'), import('./running.ts')]),
    async seed(context, options) {
      const { seed } = await import('./seeds.ts')
      await seed(identity, context, options)
    },
    verifyAudit: (context) =>
      verifyAudit({
        source: context.database(shop.name),
        target: context.database(audits.name),
        anchorPath: anchorPath(identity, context),
      }),
    async open(context) {
      const { open } = await import('./running.ts')
      return await open(identity, context)
    },
  }
}
