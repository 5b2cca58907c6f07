/** The newest paid order, followed from its money to the permanent record. */
import { type Decimal, parseMoney, rupiah } from '../../../kernel/money.ts'
import type { Trail } from '../../../platform/system.ts'
import { sql } from '../../../postgres/sql.ts'
import type { Store } from '../store.ts'

interface PaidOrder {
  readonly id: number
  readonly invoice_id: string
  /** Null where it was paid from the balance. */
  readonly payment_id: bigint | null
  readonly ledger_ok: boolean
}

interface TransferRow {
  readonly from: string
  readonly to: string
  readonly amount: Decimal
}

interface AuditRow {
  readonly id: bigint
  readonly action: string
  readonly entity: string
  readonly at: Date
}

/** `verifiedUpTo`: the last row of the record that is proved. Undefined before the first order is paid. */
export async function newestTrail(store: Store, verifiedUpTo: bigint): Promise<Trail | undefined> {
  const order = await newestPaid(store)
  if (!order) return undefined
  const { invoice_id: invoice } = order
  const [transfers, audit] = await Promise.all([
    store.db.many<TransferRow>(sql`
      select debit as from, credit as to, ledger.decimal(amount, unit)::text as amount
      from ledger.journal(${`order:${invoice}`}) order by leg`),
    auditOf(store, order).catch((): AuditRow[] => []),
  ])
  return {
    title: invoice,
    transfers: transfers.map(({ amount, ...sides }) => ({
      ...sides,
      amount: rupiah(parseMoney('IDR', amount)),
    })),
    ledgerOk: order.ledger_ok,
    audit: audit.map(({ id, ...row }) => ({ ...row, id: String(id) })),
    auditOk: audit.length > 0 && audit.every(({ id }) => id <= verifiedUpTo),
  }
}

/** What its journal must have moved: the bill, and the voucher's share on top. */
async function newestPaid(store: Store): Promise<PaidOrder | undefined> {
  return await store.db.maybeOne<PaidOrder>(sql`
    select o.id, o.invoice_id, p.id as payment_id, o.total_bill + o.voucher_discount = coalesce(
        (select sum(ledger.decimal(j.amount, j.unit)) from ledger.journal('order:' || o.invoice_id) j), 0) as ledger_ok
    from orders o left join payments p on p.order_id = o.id
    where o.status = 'paid' order by o.id desc limit 1`)
}

async function auditOf({ audits }: Store, { id, payment_id }: PaidOrder): Promise<AuditRow[]> {
  return await audits.many<AuditRow>(sql`
    select id, action, entity_type || ' ' || entity_id as entity, timestamp as at from audit_logs
    where (entity_type, entity_id) in (('orders', ${String(id)}), ('payments', ${payment_id === null ? '' : String(payment_id)}))
    order by id limit 12`)
}
