/** Work of the night (QuickCart, §8): the audit is proved, the books are compared. */
import type { CronEntry } from '../../../platform/jobs/cron.ts'
import { defineJob, handle, noPayload, type Task } from '../../../platform/jobs/job.ts'
import type { Store } from '../store.ts'
import { proveAudit, thinAnchors } from './audit.ts'
import { reconcile } from './reconcile.ts'

const auditVerify = defineJob('quickcart.audit_verify', noPayload)
const ledgerReconcile = defineJob('quickcart.ledger_reconcile', noPayload)

export function nightlyTasks(store: Store): readonly Task[] {
  return [
    handle(auditVerify, async (_, { caller }) => {
      const { ok } = await proveAudit(store, caller)
      // Anchors of a broken chain are evidence.
      if (ok) await thinAnchors(store, caller)
    }),
    handle(ledgerReconcile, async () => {
      const differences = await reconcile(store.db)
      for (const difference of differences) store.log.error(difference, 'the books differ')
    }),
  ]
}

export const nightlyCron: readonly CronEntry[] = [
  { job: auditVerify, schedule: '0 3 * * *' },
  { job: ledgerReconcile, schedule: '15 3 * * *' },
]
