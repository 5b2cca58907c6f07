/** UserState, wallets and profiles behind apps and services: the only door to this folder. */
import { verifyAudit } from '../../platform/audit/verify.ts'
import type { SystemContext, SystemManifest } from '../../platform/system.ts'
import { ANCHOR_FILE, anchorPath } from './anchors.ts'
import { checkWalletEnvironment, userstateVariables } from './configuration.ts'
import { ANCHOR_SCHEMA, auditsDatabase, SYSTEM, walletDatabase } from './databases.ts'
import { userstateErrors } from './errors.ts'

export const userstate: SystemManifest = {
  name: SYSTEM,
  title: 'UserState',
  about: 'Wallets, points and profiles for apps and services: top up, pay, refer, redeem, withdraw.',
  databases: [walletDatabase, auditsDatabase],
  errors: userstateErrors,
  files: [ANCHOR_FILE],
  variables: userstateVariables,
  checkEnvironment: checkWalletEnvironment,
  load: () => Promise.all([import('./seeds.ts'), import('./running.ts')]),
  async seed(context, options) {
    const { seed } = await import('./seeds.ts')
    await seed(context, options)
  },
  verifyAudit: (context) => verifyAudit(auditOf(context)),
  async open(context) {
    const { open } = await import('./running.ts')
    return await open(context)
  },
}

function auditOf(context: SystemContext) {
  return {
    source: context.database(walletDatabase.name),
    target: context.database(auditsDatabase.name),
    anchorSchema: ANCHOR_SCHEMA,
    anchorPath: anchorPath(context),
  }
}
