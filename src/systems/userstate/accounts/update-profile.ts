import type { Caller } from '../../../kernel/caller.ts'
import { invalidFields } from '../../../platform/http/validation.ts'
import { type Sql, sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import type { Store } from '../store.ts'
import { type PersonalInput, readPersonal } from './account-rules.ts'
import { findProfile, type ProfileView } from './profile.queries.ts'
import { demandPassword, holdPassword } from './try-password.ts'

export interface ProfileChange extends PersonalInput {
  readonly email?: string
  /** Needed for another address. */
  readonly password?: string
  readonly first_name?: string
  readonly last_name?: string
  readonly gender?: string | null
  readonly marketing_opt_in?: boolean
  readonly otp_login?: boolean
}

/**
 * What is left out stays (U8). Another address has yet to be confirmed.
 * @throws validation_failed, invalid_credentials, rate_limited, email_taken
 */
export async function updateProfile(
  store: Store,
  caller: Caller,
  username: string,
  change: ProfileChange,
): Promise<ProfileView> {
  const input = readPersonal(change, store.clock.now())
  const email = input.email?.toLowerCase()
  const proven =
    email === undefined ? undefined : await demandPassword(store, caller, username, passwordOf(input))
  const columns: Sql[] = [
    ...set(sql`first_name`, input.first_name?.trim()),
    ...set(sql`last_name`, input.last_name?.trim()),
    ...set(sql`gender`, input.gender),
    ...set(sql`date_of_birth`, input.date_of_birth),
    ...set(sql`phone_number`, input.phone_number),
    ...set(sql`marketing_opt_in`, input.marketing_opt_in),
    ...(email === undefined
      ? []
      : [
          sql`email_verified_at = case when email = ${email} then email_verified_at end`,
          sql`email = ${email}`,
        ]),
  ]
  await inTransaction(store.db, caller, async (tx) => {
    if (proven !== undefined) await holdPassword(tx, username, proven)
    if (input.otp_login !== undefined)
      await tx.run(sql`update user_login set otp_login = ${input.otp_login} where username = ${username}`)
    if (columns.length > 0)
      await tx.run(sql`update user_info set ${sql.join(columns, ', ')} where username = ${username}`)
  })
  return await findProfile(store, username)
}

function passwordOf({ password }: ProfileChange): string {
  if (password === undefined)
    throw invalidFields([{ field: 'password', reason: 'is required to change the e-mail address' }])
  return password
}

function set(column: Sql, value: string | boolean | null | undefined): Sql[] {
  return value === undefined ? [] : [sql`${column} = ${value}`]
}
