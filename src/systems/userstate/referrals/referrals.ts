/** Who invited whom (U14); what completes a referral is in the transaction that pays. */
import type { Caller } from '../../../kernel/caller.ts'
import { decodeCursor, type Page, toPage } from '../../../kernel/cursor.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import type { ReferralHistoryStatus } from '../databases/userstate/tables.ts'
import type { Store } from '../store.ts'

export interface OwnReferral {
  readonly code: string | null
  /** Of the code that this user applied. */
  readonly status: ReferralHistoryStatus | null
  readonly total: number
  readonly pending: number
  readonly completed: number
}

export async function readOwnReferral({ db }: Store, username: string): Promise<OwnReferral> {
  return await db.one<OwnReferral>(sql`
    select i.referral_code as code, i.referral_applied_status as status, t.* from user_info i,
      (select count(*)::int4 as total, (count(*) filter (where status = 'PENDING'))::int4 as pending,
          (count(*) filter (where status = 'COMPLETED'))::int4 as completed
        from referral_history where submitted_by = ${username}) t
    where i.username = ${username}`)
}

export interface Invited {
  readonly id: number
  readonly username: string
  readonly status: ReferralHistoryStatus
  readonly created_at: Date
  readonly expires_at: Date | null
}

/** Those whom somebody invited, newest first. @throws bad_request for a wrong cursor */
export async function listInvited(
  { db }: Store,
  username: string,
  { cursor, limit }: { readonly cursor?: string; readonly limit: number },
): Promise<Page<Invited>> {
  const before = cursor === undefined ? 2_147_483_647 : decodeCursor(cursor, ['number'] as const)[0]
  const rows = await db.many<Invited>(sql`
    select id, username, status, created_at, expires_at from referral_history
    where submitted_by = ${username} and id < ${before}::bigint order by id desc limit ${limit + 1}`)
  return toPage(
    rows,
    limit,
    ({ id }) => [id],
    (row) => row,
  )
}

/** @throws what apply_referral refuses */
export async function applyReferral(
  store: Store,
  caller: Caller,
  username: string,
  code: string,
): Promise<void> {
  await inTransaction(store.db, caller, (tx) => tx.one(sql`select apply_referral(${username}, ${code})`))
}
