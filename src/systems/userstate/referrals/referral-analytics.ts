/** Who invites how many: the document's "Referral Analytics", with its columns. */
import { sql } from '../../../postgres/sql.ts'
import type { Store } from '../store.ts'

export interface ReferrerStats {
  readonly referrer: string
  readonly total_referrals: number
  readonly completed: number
  readonly pending: number
}

/** Those who invited most come first; equals by name. */
export async function readReferralStats({ db }: Store, limit: number): Promise<ReferrerStats[]> {
  return await db.many<ReferrerStats>(sql`
    select submitted_by as referrer, count(*)::int4 as total_referrals,
      (count(*) filter (where status = 'COMPLETED'))::int4 as completed,
      (count(*) filter (where status = 'PENDING'))::int4 as pending
    from referral_history group by submitted_by order by total_referrals desc, referrer limit ${limit}`)
}

export interface TopReferrer {
  readonly submitted_by: string
  readonly first_name: string
  readonly last_name: string
  readonly referral_count: number
}

/** By completed referrals. The names are looked up for those who are shown alone. */
export async function readTopReferrers({ db }: Store, limit: number): Promise<TopReferrer[]> {
  return await db.many<TopReferrer>(sql`
    select t.submitted_by, i.first_name, i.last_name, t.referral_count
    from (select submitted_by, count(*)::int4 as referral_count from referral_history where status = 'COMPLETED'
      group by submitted_by order by referral_count desc, submitted_by limit ${limit}) t
    join user_info i on i.username = t.submitted_by
    order by t.referral_count desc, t.submitted_by`)
}
