import { Logger, runMigrations } from 'graphile-worker'
import type { ForeignComponent } from '../../postgres/manifest.ts'

/** Its progress lines are the migrator's to print, not the queue's. */
const quiet = new Logger(() => () => undefined)

/** The job queue's own tables and functions: schema `graphile_worker`, migrated by graphile-worker itself. */
export const jobsComponent: ForeignComponent = {
  name: 'jobs',
  grants: new URL('./grants.sql', import.meta.url),
  bookkeeping: ['graphile_worker.migrations'],
  restored: new URL('./restored.sql', import.meta.url),
  install: (databaseUrl) => runMigrations({ connectionString: databaseUrl, logger: quiet }),
}
