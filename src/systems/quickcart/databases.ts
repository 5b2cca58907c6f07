/** QuickCart's two databases: the shop, and the permanent audit. */
import { ledgerComponent } from '../../ledger/component.ts'
import { auditComponent, platformComponent } from '../../platform/components.ts'
import { jobsComponent } from '../../platform/jobs/component.ts'
import type { DatabaseManifest } from '../../postgres/manifest.ts'
import { quickcartErrors } from './errors.ts'

export const storeDatabase: DatabaseManifest = {
  system: 'quickcart',
  name: 'db_store1',
  urlVariables: ['DATABASE_URL'],
  components: [
    jobsComponent,
    platformComponent,
    ledgerComponent,
    auditComponent,
    { name: 'db_store1', directory: new URL('./databases/db_store1/', import.meta.url) },
  ],
  errors: quickcartErrors,
}

export const auditsDatabase: DatabaseManifest = {
  system: 'quickcart',
  name: 'db_audits',
  urlVariables: ['AUDIT_DATABASE_URL'],
  components: [
    platformComponent,
    { name: 'db_audits', directory: new URL('./databases/db_audits/', import.meta.url) },
  ],
  errors: quickcartErrors,
}
