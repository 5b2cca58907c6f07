import { decodeCursor, type Page, toPage } from '../../../kernel/cursor.ts'
import { type Sql, sql } from '../../../postgres/sql.ts'
import type { VouchersRow } from '../databases/db_store1/tables.ts'
import type { Store } from '../store.ts'

/** Each voucher is in one of them. `expired`: nobody took it in time. */
export type VoucherState = 'free' | 'reserved' | 'used' | 'expired'

export interface ListedVoucher
  extends Pick<
    VouchersRow,
    'id' | 'code' | 'amount' | 'created_by' | 'used_by' | 'used_at' | 'expires_at' | 'created_at'
  > {
  readonly state: VoucherState
  /** The order that holds or used it. */
  readonly invoice: string | null
}

export interface ListVouchers {
  readonly state?: VoucherState
  readonly cursor?: string
  readonly limit: number
}

/** For admins, newest first. @throws bad_request where the cursor is not one. */
export async function listVouchers(
  store: Store,
  { state, cursor, limit }: ListVouchers,
): Promise<Page<ListedVoucher>> {
  const now = store.clock.now()
  const where = [
    ...(state === undefined ? [] : [inState(state, now)]),
    ...(cursor === undefined ? [] : [sql`v.id < ${decodeCursor(cursor, ['number'] as const)[0]}::bigint`]),
  ]
  const condition = where.length === 0 ? sql.raw('') : sql`where ${sql.join(where, ' and ')}`
  const rows = await store.db.many<ListedVoucher>(sql`
    select v.id, v.code, v.amount, v.created_by, v.used_by, v.used_at, v.expires_at, v.created_at,
        o.invoice_id as invoice,
        case when v.is_used then 'used' when v.order_id is not null then 'reserved'
          when v.expires_at <= ${now}::timestamptz then 'expired' else 'free' end as state
      from vouchers v left join orders o on o.id = v.order_id
      ${condition} order by v.id desc limit ${limit + 1}`)
  return toPage(
    rows,
    limit,
    ({ id }) => [id],
    (row) => row,
  )
}

function inState(state: VoucherState, now: Date): Sql {
  if (state === 'used') return sql`v.is_used`
  if (state === 'reserved') return sql`not v.is_used and v.order_id is not null`
  const unclaimed = sql`not v.is_used and v.order_id is null`
  return state === 'free'
    ? sql`${unclaimed} and v.expires_at > ${now}`
    : sql`${unclaimed} and v.expires_at <= ${now}`
}
