/** QuickCart's two databases: the shop, and the permanent audit. Each shop has a pair of its own. */
import { ledgerComponent } from '../../ledger/component.ts'
import { auditComponent, auditRecordComponent, platformComponent } from '../../platform/components.ts'
import { jobsComponent } from '../../platform/jobs/component.ts'
import type { DatabaseManifest } from '../../postgres/manifest.ts'
import { quickcartErrors } from './errors.ts'
import { firstStore, type StoreIdentity } from './stores/store-identity.ts'

/** The components are named for the first shop's databases: their files are those of every shop. */
export function databasesOf({ name, system, databases }: StoreIdentity): {
  readonly shop: DatabaseManifest
  readonly audits: DatabaseManifest
} {
  const documented = name === firstStore.name
  return {
    shop: {
      system,
      name: databases.shop,
      urlVariables: documented ? ['DATABASE_URL'] : [],
      components: [
        jobsComponent,
        platformComponent,
        ledgerComponent,
        auditComponent,
        { name: 'db_store1', directory: new URL('./databases/db_store1/', import.meta.url) },
      ],
      errors: quickcartErrors,
    },
    audits: {
      system,
      name: databases.audits,
      urlVariables: documented ? ['AUDIT_DATABASE_URL'] : [],
      mayBeAway: true,
      components: [platformComponent, auditRecordComponent],
      errors: quickcartErrors,
    },
  }
}

export const { shop: storeDatabase, audits: auditsDatabase } = databasesOf(firstStore)
