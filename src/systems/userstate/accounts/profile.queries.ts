import { fail } from '../../../kernel/errors.ts'
import { sql } from '../../../postgres/sql.ts'
import type { UserInfoRow } from '../databases/userstate/tables.ts'
import type { Store } from '../store.ts'

export interface ProfileView
  extends Pick<
    UserInfoRow,
    | 'username'
    | 'email'
    | 'first_name'
    | 'last_name'
    | 'profile_img'
    | 'gender'
    | 'date_of_birth'
    | 'phone_number'
    | 'agent'
    | 'agent_id'
    | 'referral_code'
    | 'referral_applied_status'
    | 'email_verified_at'
    | 'marketing_opt_in'
    | 'created_at'
  > {
  readonly otp_login: boolean
  readonly disabled: boolean
  /** Rupiah. */
  readonly balance: number
  readonly onapps_point: string
}

/** @throws not_found */
export async function findProfile({ db }: Pick<Store, 'db'>, username: string): Promise<ProfileView> {
  const found = await db.maybeOne<ProfileView>(sql`
    select i.username, i.email, i.first_name, i.last_name, i.profile_img, i.gender, i.date_of_birth, i.phone_number,
        i.agent, i.agent_id, i.referral_code, i.referral_applied_status, i.email_verified_at, i.marketing_opt_in,
        i.created_at, l.otp_login, l.disabled, coalesce(b.balance, 0) as balance,
        coalesce(b.onapps_point, '0') as onapps_point
      from user_info i
      join user_login l on l.username = i.username
      left join user_balance b on b.username = i.username
      where i.username = ${username}`)
  if (!found) throw fail('not_found')
  return found
}
