import { decodeCursor, type Page, toPage } from '../../../kernel/cursor.ts'
import type { Decimal } from '../../../kernel/money.ts'
import { sql } from '../../../postgres/sql.ts'
import type { Store } from '../store.ts'
import type { PaymentStatus } from './payment-view.ts'

export interface ListedPayment {
  readonly id: bigint
  readonly invoice: string
  readonly status: PaymentStatus
  readonly amount: Decimal
  readonly fee: Decimal
  readonly total_payment: Decimal
  readonly last_error: string | null
  readonly expires_at: Date
  readonly completed_at: Date | null
  readonly created_at: Date
}

/** Newest first; for who looks after the money. @throws bad_request for a wrong cursor */
export async function listPayments(
  store: Store,
  { status, cursor, limit }: { status?: PaymentStatus; cursor?: string; limit: number },
): Promise<Page<ListedPayment>> {
  const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : decodeCursor(cursor, ['number'] as const)[0]
  const rows = await store.db.many<ListedPayment>(sql`
    select id, invoice_id as invoice, status, amount, fee, total_payment, last_error, expires_at, completed_at,
        created_at
      from payments
      where id < ${before} and (${status ?? null}::text is null or status = ${status ?? null})
      order by id desc limit ${limit + 1}`)
  return toPage(
    rows,
    limit,
    ({ id }) => [Number(id)],
    (row) => row,
  )
}
