/** Reading and proving the permanent record (QuickCart, §9). */

import type { Caller } from '../../../kernel/caller.ts'
import { type AuditVerification, verifyAudit } from '../../../platform/audit/verify.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import type { Store } from '../store.ts'

/** Walks the whole chain and notes the outcome in it. */
export async function proveAudit(store: Store, caller: Caller): Promise<AuditVerification> {
  const { db: source, audits: target } = store
  const outcome = await verifyAudit({ source, target, anchorPath: store.anchorPath })
  const { ok, checked, verifiedUpTo, problem, firstBadId } = outcome
  if (!ok) store.log.error({ problem, firstBadId }, 'the audit chain is broken')
  await inTransaction(store.db, caller, (tx) =>
    tx.run(sql`
      select audit.emit('audit_verify', 'audit_logs', ${String(verifiedUpTo)}, null,
        ${sql.json({ ok, checked, problem: problem ?? null, first_bad_id: firstBadId ?? null })})`),
  )
  return outcome
}

/** One anchor per past day is enough; today's stay all. */
export async function thinAnchors(store: Store, caller: Caller): Promise<number> {
  return await inTransaction(store.db, caller, (tx) =>
    tx.run(sql`
      delete from audit_anchors a using (
        select audit_id, row_number() over (
            partition by (anchored_at at time zone 'Asia/Jakarta')::date order by audit_id desc) as place
          from audit_anchors
          where anchored_at < date_trunc('day', niaga.now() at time zone 'Asia/Jakarta') at time zone 'Asia/Jakarta') old
      where a.audit_id = old.audit_id and old.place > 1`),
  )
}
