/** What finance compares (UserState, section 4): the books with themselves, and with what the gateway says it holds. */
import { XenditError } from '../../../gateways/xendit/errors.ts'
import { systemCaller } from '../../../kernel/caller.ts'
import { type Violation, verify } from '../../../ledger/ledger.ts'
import type { Database } from '../../../postgres/database.ts'
import { sql } from '../../../postgres/sql.ts'
import { inLongTransaction, type Tx } from '../../../postgres/transaction.ts'
import { toRupiah } from '../gateway/rupiah.ts'
import type { Store } from '../store.ts'
import { moneyDiffers } from './money-of-rows.ts'

const KEY = 'reconciliation:ledger'
/** Enough to see what is wrong; the command line tells all. */
const MOST = 100

export interface LedgerCheck {
  readonly checked_at: string
  readonly violations: readonly Violation[]
}

/**
 * The ledger against itself and its projections, and the documented tables against the ledger; empty in health. Paid rows
 * that were imported have no transfer and are none of it: `unbacked` lists them.
 */
export async function compareBooks(database: Database): Promise<Violation[]> {
  const inItself = await verify(database)
  return await inLongTransaction(database, systemCaller, async (tx) => [
    ...inItself,
    ...(await besideTheLedger(tx)),
    ...(await moneyDiffers(tx)),
  ])
}

async function besideTheLedger(tx: Tx): Promise<Violation[]> {
  return await tx.many<Violation>(sql`
    select 'points are not the sum of their mutations' as violation, 'points:' || username as subject,
      jsonb_build_object('shown', b.onapps_point, 'sum', m.sum::text) as details
    from user_balance b full join (
      select username, sum(case type when 'EARN' then amount else -amount end) as sum
      from point_mutation where status = 'COMPLETE' group by username) m using (username)
    where coalesce(b.onapps_point::numeric, 0) <> coalesce(m.sum, 0)
    union all
    -- Who was imported as paid has none of what the API writes.
    select 'paid without a transfer', 'user_transaction ' || t.id, jsonb_build_object('invoice', t.invoice,
      'amount', t.amount)
    from user_transaction t
    where t.status = 'PAID' and t.transfer_id is null
      and (t.paid_at is not null or t.platform is not null or t.payee is not null or t.parent_id is not null)
    union all
    select 'transfer is not in the ledger', 'user_transaction ' || t.id,
      jsonb_build_object('id', t.transfer_id, 'amount', t.amount)
    from user_transaction t
    where t.transfer_id is not null and not exists (select from ledger.transfer l where l.id = t.transfer_id)
    union all
    select 'payee did not get what a voucher took off', 'user_transaction ' || t.id,
      jsonb_build_object('price', t.amount_2, 'paid', t.amount, 'posted', coalesce(l.amount, 0))
    from user_transaction t left join ledger.transfer l on l.id = ledger.id_of('pay_share:' || t.id)
      and l.debit = (select a.id from ledger.account a where a.name = 'expense:voucher')
    where t.type = 'PAYMENT' and t.status = 'PAID' and t.transfer_id is not null
      and coalesce(t.amount_2::bigint - t.amount, 0) <> coalesce(l.amount, 0)
    union all
    select 'voucher was not used as often as it says', 'voucher ' || v.code,
      jsonb_build_object('says', v.redeemed_count, 'used', r.used)
    from voucher v cross join lateral (
      select count(*) as used from voucher_redemption r where r.code = v.code and r.status <> 'CANCELLED') r
    where v.redeemed_count <> r.used`)
}

/** Compares the books and keeps what came of it. Reads all of them: for the night. */
export async function checkLedger({ db, kv, clock }: Store): Promise<readonly Violation[]> {
  const violations = await compareBooks(db)
  const check: LedgerCheck = {
    checked_at: clock.now().toISOString(),
    violations: violations.slice(0, MOST),
  }
  await kv.set(KEY, JSON.stringify(check), null)
  return violations
}

/** Undefined before the first night. */
export async function lastLedgerCheck({ kv }: Store): Promise<LedgerCheck | undefined> {
  const text = await kv.get(KEY)
  return text === undefined ? undefined : JSON.parse(text)
}

/** Whole rupiah. */
export interface GatewayComparison {
  /** By the gateway's own word; null where it does not answer. */
  readonly held: bigint | null
  /** By the books, less what is on its way out of it. */
  readonly expected: bigint
  /** Payouts that it has taken and not ended. */
  readonly underWay: bigint
}

/** A report: the gateway pays itself and us at hours of its own, so that a difference is a question and no error. */
export async function compareGateway(store: Store): Promise<GatewayComparison> {
  const { booked, fees, underWay } = await store.db.one<{
    booked: bigint
    fees: bigint
    underWay: bigint
  }>(sql`
    select (select -balance from ledger.account_balance where name = 'gateway:xendit') as booked,
      (select balance from ledger.account_balance where name = 'expense:gateway_fee') as fees,
      (select coalesce(sum(p.amount), 0) from payout p where p.status in ('ACCEPTED', 'PENDING')) as "underWay"`)
  // M3 books a fee like money that came in and was spent: it neither came nor lies there.
  return { held: await heldByGateway(store), expected: booked - 2n * fees - underWay, underWay }
}

async function heldByGateway({ xendit }: Store): Promise<bigint | null> {
  try {
    return toRupiah(await xendit.balance())
  } catch (error) {
    if (error instanceof XenditError) return null
    throw error
  }
}
