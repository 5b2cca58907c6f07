import type { Caller } from '../../../kernel/caller.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { fail } from '../errors.ts'
import type { Store } from '../store.ts'
import { findUser } from './find-users.ts'
import type { Profile } from './profile.ts'
import type { Role } from './roles.ts'
import type { UserId } from './user-id.ts'

export interface ChangeRole {
  readonly user: UserId
  readonly to: Role
  /** Only where that is what they are. */
  readonly from?: Role
}

/**
 * Makes somebody a customer, reseller or admin from their next request on (QuickCart, UC 20).
 * @throws user_not_found, illegal_transition, root_admin, last_admin, target_is_banned
 */
export async function changeRole(
  store: Store,
  caller: Caller,
  { user, to, from }: ChangeRole,
): Promise<Profile> {
  if (to !== 'admin' && store.config.rootAdmins.includes(user)) {
    throw fail('root_admin', { user_id: String(user) })
  }
  await inTransaction(store.db, caller, (tx) =>
    tx.run(sql`select set_member_status(${user}, ${to}, ${from ?? null})`),
  )
  return await findUser(store, user)
}
