import type { Caller } from '../../../kernel/caller.ts'
import type { TokenPair } from '../../../platform/access/tokens.ts'
import { hashPassword } from '../../../platform/passwords/hash.ts'
import { passwordWeakness } from '../../../platform/passwords/rules.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { fail } from '../errors.ts'
import type { Store } from '../store.ts'
import { type PersonalInput, readPersonal } from './account-rules.ts'
import { issueOtp } from './otp.ts'
import { findProfile, type ProfileView } from './profile.queries.ts'

export interface Registration extends PersonalInput {
  readonly username: string
  readonly password: string
  readonly email: string
  readonly first_name: string
  readonly last_name: string
  readonly gender?: string | null
  readonly referral_code?: string
}

/**
 * A new user with a wallet, a referral code, the sign-up bonus and a code on its way by mail, all or nothing (U1).
 * @throws username_taken, email_taken, weak_password, validation_failed, what `apply_referral` refuses
 */
export async function register(
  store: Store,
  caller: Caller,
  input: Registration,
): Promise<{ readonly user: ProfileView; readonly tokens: TokenPair }> {
  const username = input.username.toLowerCase()
  const email = input.email.toLowerCase()
  const { phone_number: phone, date_of_birth: birth } = readPersonal(input, store.clock.now())
  const reason = passwordWeakness(input.password, [username, email])
  if (reason !== undefined) throw fail('weak_password', { reason })
  const pwd = await hashPassword(input.password)
  const session = await inTransaction(store.db, { ...caller, type: 'user', id: username }, async (tx) => {
    await tx.run(sql`insert into user_login (username, pwd) values (${username}, ${pwd})`)
    await tx.run(sql`
      insert into user_info (username, email, first_name, last_name, phone_number, gender, date_of_birth, referral_code,
          created_at, updated_at)
        values (${username}, ${email}, ${input.first_name.trim()}, ${input.last_name.trim()}, ${phone ?? null},
          ${input.gender ?? null}, ${birth ?? null}, new_referral_code(${input.first_name}), niaga.now(), niaga.now())`)
    await tx.run(sql`insert into user_balance (username) values (${username})`)
    if (input.referral_code !== undefined)
      await tx.one(sql`select apply_referral(${username}, ${input.referral_code})`)
    await tx.run(sql`
      insert into point_mutation (username, type, amount, reference_number, src, status, created_at, updated_at)
        select ${username}, 'EARN', bonus, ${username}, 'SIGNUP_BONUS', 'COMPLETE', niaga.now(), niaga.now()
        from setting_number('points.signup_bonus') bonus where bonus > 0`)
    await issueOtp(store, tx, { username, purpose: 'VERIFY_EMAIL' })
    return await store.tokens.begin(tx, username)
  })
  return { user: await findProfile(store, username), tokens: await store.tokens.tokensOf(session) }
}
