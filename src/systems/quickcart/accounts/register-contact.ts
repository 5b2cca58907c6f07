import type { Caller } from '../../../kernel/caller.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { fail } from '../errors.ts'
import type { Store } from '../store.ts'
import { type Profile, toProfile } from './profile.ts'
import { selectUser } from './user.queries.ts'
import type { UserId } from './user-id.ts'

export interface Contact {
  readonly id: UserId
  readonly firstName: string
  readonly username: string | undefined
  /** They ask to be known: only so does somebody who was erased come back. */
  readonly isIntroduction: boolean
}

/**
 * Whoever writes to the bot or signs in is known from then on (QuickCart, §2 users and UC 1).
 * `isNew` asks for onboarding: first contact, or the first one after an erasure.
 * @throws user_not_found for somebody who was erased and does not introduce themselves anew
 */
export async function registerContact(
  store: Store,
  contact: Contact,
): Promise<{ user: Profile; isNew: boolean }> {
  const known = await selectUser(store.db, contact.id)
  if (known && known.erased_at !== null && !contact.isIntroduction) throw fail('user_not_found')
  // Most contacts change nothing: one read and no transaction for them.
  if (
    known &&
    known.erased_at === null &&
    known.blocked_bot_at === null &&
    known.username === (contact.username ?? null)
  ) {
    return { user: toProfile(known), isNew: false }
  }
  const caller: Caller = { type: 'user', id: String(contact.id) }
  const { isNew, user } = await inTransaction(store.db, caller, async (tx) => {
    const { registered } = await tx.one<{ registered: boolean }>(sql`
      select register_user(${contact.id}, ${contact.firstName}, ${contact.username ?? null}) as registered`)
    return { isNew: registered, user: await selectUser(tx, contact.id) }
  })
  if (!user) throw new Error(`user ${contact.id} vanished`)
  return { user: toProfile(user), isNew }
}
