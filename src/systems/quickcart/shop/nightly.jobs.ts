/** Work of the night (QuickCart, §8): the audit is proved, the books are compared. */

import type { Caller } from '../../../kernel/caller.ts'
import type { CronEntry } from '../../../platform/jobs/cron.ts'
import { defineJob, handle, noPayload, type Task } from '../../../platform/jobs/job.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import type { Store } from '../store.ts'
import { proveAudit, thinAnchors } from './audit.ts'
import { reconcile } from './reconcile.ts'

const auditVerify = defineJob('quickcart.audit_verify', noPayload)
const ledgerReconcile = defineJob('quickcart.ledger_reconcile', noPayload)

export function nightlyTasks(store: Store): readonly Task[] {
  return [
    handle(auditVerify, async (_, { caller }) => {
      const { ok, problem = 'unknown' } = await proveAudit(store, caller)
      // Anchors of a broken chain are evidence.
      if (ok) await thinAnchors(store, caller)
      else await alertStaff(store, caller, 'staff_audit_broken', { problem })
    }),
    handle(ledgerReconcile, async (_, { caller }) => {
      const differences = await reconcile(store.db)
      for (const difference of differences) store.log.error(difference, 'the books differ')
      const [first] = differences
      if (!first) return
      const facts = { count: differences.length, first: `${first.problem}: ${first.subject}` }
      await alertStaff(store, caller, 'staff_books_differ', facts)
    }),
  ]
}

export const nightlyCron: readonly CronEntry[] = [
  { job: auditVerify, schedule: '0 3 * * *' },
  { job: ledgerReconcile, schedule: '15 3 * * *' },
]

/** Once a night: the news of one night are one piece. */
async function alertStaff(
  store: Store,
  caller: Caller,
  kind: string,
  facts: Readonly<Record<string, string | number>>,
): Promise<void> {
  await inTransaction(store.db, caller, (tx) =>
    tx.run(sql`
      select notify_staff(${kind}, 'night', to_char(niaga.now() at time zone 'Asia/Jakarta', 'YYYY-MM-DD'),
        ${sql.json(facts)})`),
  )
}
