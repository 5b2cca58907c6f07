/** UserState's databases: the documented one, and the permanent record of what happened in it. */
import { ledgerComponent } from '../../ledger/component.ts'
import { auditComponent, auditRecordComponent, platformComponent } from '../../platform/components.ts'
import { jobsComponent } from '../../platform/jobs/component.ts'
import type { DatabaseManifest } from '../../postgres/manifest.ts'
import { documentedUrl } from './documented-url.ts'
import { userstateErrors } from './errors.ts'

export const SYSTEM = 'userstate'

export const walletDatabase: DatabaseManifest = {
  system: SYSTEM,
  name: 'userstate',
  urlVariables: [],
  urlOf: documentedUrl,
  components: [
    jobsComponent,
    platformComponent,
    ledgerComponent,
    auditComponent,
    { name: 'userstate', directory: new URL('./databases/userstate/', import.meta.url) },
  ],
  upkeep: {
    vacuum: ['user_transaction', 'point_mutation', 'referral_history'],
    reindex: ['user_info', 'user_transaction'],
  },
  errors: userstateErrors,
}

/** Apart, so that nobody who can write the wallets can rewrite what was said of them. */
export const auditsDatabase: DatabaseManifest = {
  system: SYSTEM,
  name: 'userstate_audits',
  urlVariables: [],
  mayBeAway: true,
  components: [platformComponent, auditRecordComponent],
  errors: userstateErrors,
}

/** Where the heads of the chain are noted in the wallet database: schema public is the document's. */
export const ANCHOR_SCHEMA = 'audit'
