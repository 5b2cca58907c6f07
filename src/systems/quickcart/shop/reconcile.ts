/**
 * Orders, payments, goods and balances compared with the ledger (QuickCart, §8 ledger_reconcile): every difference
 * is one line for a person; none in health.
 */
import type { Db } from '../../../postgres/database.ts'
import { sql } from '../../../postgres/sql.ts'

export interface Difference {
  /** ledger, balance, order, payment, stock */
  readonly about: string
  /** An account, invoice or id. */
  readonly subject: string
  readonly detail: string
}

export async function reconcile(db: Db): Promise<readonly Difference[]> {
  return await db.many<Difference>(sql`
    with booked as (
      select t.reference, sum(t.amount) as minor from ledger.transfer t
        where t.reference like 'order:%' or t.reference like 'deposit:%' or t.reference like 'late:%'
        group by t.reference
    ), expected as (
      select 'order' as about, 'order:' || o.invoice_id as reference,
          ledger.minor(o.subtotal + o.payment_fee, 'IDR') as minor
        from orders o where o.status = 'paid' and o.subtotal + o.payment_fee > 0
      union all
      select 'deposit', 'deposit:' || d.invoice_id, ledger.minor(d.total_bill, 'IDR')
        from deposits d where d.status = 'paid'
      union all
      select 'payment', 'late:' || p.invoice_id, ledger.minor(p.total_payment, 'IDR')
        from payments p where p.settled_as = 'late_credit'
    )
    select 'ledger' as about, 'verify' as subject, to_jsonb(v)::text as detail from ledger.verify() v
    union all
    select 'balance', 'user.' || u.id, format('shows %s, the ledger %s', u.account_balance, coalesce(a.balance, 0))
      from users u left join ledger.account a on a.name = 'user.' || u.id
      where ledger.minor(u.account_balance, 'IDR') <> coalesce(a.balance, 0)
    union all
    select coalesce(e.about, 'ledger'), coalesce(e.reference, b.reference),
        format('should be booked as %s, is %s', coalesce(e.minor, 0), coalesce(b.minor, 0))
      from expected e full join booked b on b.reference = e.reference
      where e.minor is distinct from b.minor
    union all
    select 'stock', s.id::text, format('sold: %s, its order is %s', s.is_sold, o.status)
      from product_stocks s join orders o on o.id = s.order_id
      where s.is_sold <> (o.status = 'paid') or (not s.is_sold and o.status <> 'pending')
    order by 1, 2`)
}
