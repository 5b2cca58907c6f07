/** What rows say that was paid, against what the ledger posted for them (UserState, section 4). */
import type { Violation } from '../../../ledger/ledger.ts'
import type { Db } from '../../../postgres/database.ts'
import { sql } from '../../../postgres/sql.ts'

/**
 * Every row's money beside its transfer, both ways: paid and not posted, posted and not paid, another sum, another
 * account. Whole sets are joined, each table read once. What was imported as paid has no transfer and says nothing here.
 */
export async function moneyDiffers(db: Db): Promise<Violation[]> {
  return await db.many<Violation>(sql`
    with said as (
      select case when t.src = 'XENDIT_LATE' then coalesce('stray:' || t.xendit_invoice, 'late:' || t.parent_id)
          else case t.type when 'TOPUP' then 'topup:' when 'PAYMENT' then 'pay:' else 'refund:' end || t.id
        end as reference, 'sum' as part,
        case t.type when 'PAYMENT' then 'payee:' || t.payee else 'wallet:' || t.username end as account,
        case t.type when 'TOPUP' then coalesce(t.amount_2::bigint, t.amount) else t.amount end as amount
      from user_transaction t
      where t.status = 'PAID' and t.transfer_id is not null
        and (t.type in ('TOPUP', 'PAYMENT') or t.type = 'REFUND' and t.src = 'WALLET')
      union all
      select 'payout:' || p.id, l.part, 'wallet:' || p.username, l.amount
      from payout p join user_transaction t on t.id = p.transaction_id
      cross join lateral (values ('sum', p.amount), ('fee', t.amount - p.amount)) l (part, amount)
      where (p.status in ('SUCCEEDED', 'REVERSED') or t.status = 'PAID')
        and (t.hold_id is not null or t.transfer_id is not null)
      union all
      select 'reversal:' || p.id, l.part, 'wallet:' || p.username, l.amount
      from user_transaction t join payout p on p.transaction_id = t.parent_id
      cross join lateral (values ('sum', p.amount), ('fee', t.amount - p.amount)) l (part, amount)
      where t.type = 'REFUND' and t.src = 'REVERSAL' and t.status = 'PAID'
      union all
      select 'voucher:' || r.id, 'sum', 'wallet:' || r.username, coalesce(r.value, v.value)
      from voucher_redemption r join voucher v on v.code = r.code
      where v.kind = 'BALANCE' and r.status = 'REDEEMED'),
    house as (
      select (select id from ledger.account where name = 'revenue:payout_fee') as fee,
        (select id from ledger.account where name = 'revenue:commission') as commission,
        (select id from ledger.account where name = 'expense:voucher') as voucher),
    posted as (
      select l.reference, case when h.fee in (l.debit, l.credit) then 'fee' else 'sum' end as part, a.name as account,
        l.amount
      from house h cross join ledger.transfer l
      join ledger.account a on a.id = case when l.reference like 'payout:%' then l.debit else l.credit end
      where split_part(l.reference, ':', 1) in
          ('topup', 'late', 'stray', 'pay', 'refund', 'payout', 'reversal', 'voucher')
        -- What the platform gives back, and gets back, with a refund.
        and l.debit <> h.commission and l.credit <> h.voucher)
    select 'money is not what its row says' as violation, reference as subject,
      jsonb_build_object('account', account, 'part', part, 'says', coalesce(s.amount, 0),
        'posted', coalesce(p.amount, 0)) as details
    from said s full join posted p using (reference, part, account)
    where coalesce(s.amount, 0) <> coalesce(p.amount, 0)
    union all
    select 'payout is not as its row says', 'payout ' || p.id, jsonb_build_object('payout', p.status, 'row', t.status,
      'amount', p.amount)
    from payout p join user_transaction t on t.id = p.transaction_id
    left join user_transaction r on r.parent_id = p.transaction_id and r.src = 'REVERSAL'
    where (t.hold_id is not null or t.transfer_id is not null)
      and ((p.status in ('SUCCEEDED', 'REVERSED')) <> (t.status = 'PAID')
        or (p.status = 'REVERSED') <> (r.id is not null))
    union all
    select 'voucher was used without its points', 'voucher_redemption ' || r.id,
      jsonb_build_object('says', coalesce(r.value, v.value), 'earned', coalesce(m.amount, 0))
    from voucher_redemption r join voucher v on v.code = r.code
    left join point_mutation m on m.reference_number = 'VOUCHER-' || r.id and m.username = r.username
      and m.type = 'EARN' and m.src = 'PROMO' and m.status = 'COMPLETE'
    where v.kind = 'POINTS' and r.status = 'REDEEMED' and coalesce(m.amount, 0) <> coalesce(r.value, v.value)`)
}
