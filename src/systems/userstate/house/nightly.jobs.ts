/** Work of the night (UserState, §8): referrals end, earned points become theirs, the books and the record are proved. */
import type { Caller } from '../../../kernel/caller.ts'
import { verifyAudit } from '../../../platform/audit/verify.ts'
import type { CronEntry } from '../../../platform/jobs/cron.ts'
import { defineJob, handle, noPayload, type Task } from '../../../platform/jobs/job.ts'
import { type Sql, sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { ANCHOR_SCHEMA } from '../databases.ts'
import { checkLedger, compareGateway } from '../finance/reconciliation.ts'
import type { Store } from '../store.ts'

/** Few enough that nobody waits for the locks of a batch. */
const BATCH = 500

const expireReferrals = defineJob('userstate.referral_expire', noPayload)
const maturePoints = defineJob('userstate.points_mature', noPayload)
const ledgerCheck = defineJob('userstate.ledger_check', noPayload)
const auditVerify = defineJob('userstate.audit_verify', noPayload)

export function nightlyTasks(store: Store): readonly Task[] {
  const { db, audits, log, anchorPath } = store
  return [
    handle(expireReferrals, (_, { caller }) =>
      inBatches(store, caller, sql`select expire_referrals(${BATCH}) as done`),
    ),
    handle(maturePoints, (_, { caller }) =>
      inBatches(store, caller, sql`select mature_points(${BATCH}) as done`),
    ),
    handle(ledgerCheck, async () => {
      for (const violation of await checkLedger(store)) log.error(violation, 'the books differ')
      const { held, expected, underWay } = await compareGateway(store)
      log.info(
        { held: held === null ? null : String(held), expected: String(expected), underWay: String(underWay) },
        'what lies at the gateway, by its word and by the books',
      )
    }),
    handle(auditVerify, async () => {
      const found = await verifyAudit({ source: db, target: audits, anchorSchema: ANCHOR_SCHEMA, anchorPath })
      if (!found.ok)
        log.error({ problem: found.problem, firstBadId: found.firstBadId }, 'the audit chain is broken')
    }),
  ]
}

export const nightlyCron: readonly CronEntry[] = [
  { job: expireReferrals, schedule: '10 0 * * *' },
  { job: maturePoints, schedule: '20 0 * * *' },
  { job: ledgerCheck, schedule: '0 1 * * *' },
  { job: auditVerify, schedule: '0 3 * * *' },
]

/** Each a transaction of its own, until there is nothing left. */
async function inBatches({ db }: Store, caller: Caller, batch: Sql): Promise<void> {
  for (;;) {
    const { done } = await inTransaction(db, caller, (tx) => tx.one<{ done: number }>(batch))
    if (done === 0) return
  }
}
