import type { Caller } from '../../../kernel/caller.ts'
import { invalidFields } from '../../../platform/http/validation.ts'
import { hashPassword } from '../../../platform/passwords/hash.ts'
import type { Database } from '../../../postgres/database.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'

/**
 * The operator makes somebody an admin: nobody is one at the beginning. Answers whether they are new.
 * @throws validation_failed, email_taken
 */
export async function createAdmin(
  db: Database,
  caller: Caller,
  {
    username,
    email,
    password,
  }: { readonly username: string; readonly email?: string; readonly password: string },
): Promise<boolean> {
  if (!/^[a-z0-9][a-z0-9_.]{2,29}$/.test(username))
    throw invalidFields([{ field: 'username', reason: 'has 3 to 30 of a-z, 0-9, _ and .' }])
  const pwd = await hashPassword(password)
  return await inTransaction(db, caller, async (tx) => {
    const isNew =
      (await tx.run(sql`
        insert into user_login (username, pwd) values (${username}, ${pwd}) on conflict (username) do nothing`)) >
      0
    if (isNew) {
      if (email === undefined) throw invalidFields([{ field: 'email', reason: 'is needed for somebody new' }])
      await tx.run(sql`
        insert into user_info (username, email, first_name, last_name, referral_code)
          values (${username}, ${email.toLowerCase()}, 'Admin', ${username}, new_referral_code('Admin'))`)
      await tx.run(sql`insert into user_balance (username) values (${username})`)
    }
    await tx.one(sql`select grant_role(${username}, 'admin', null)`)
    return isNew
  })
}
