import type { Caller } from '../../../kernel/caller.ts'
import { type Money, parseMoney } from '../../../kernel/money.ts'
import { invalidFields } from '../../../platform/http/validation.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { fail } from '../errors.ts'
import type { Store } from '../store.ts'
import { profileProblems } from './profile-rules.ts'
import type { Role } from './roles.ts'
import { type ProfilePatch, selectUser, type UserRow, updateUser } from './user.queries.ts'
import { type UserId, userId } from './user-id.ts'

export interface Profile {
  readonly id: UserId
  readonly name: string
  readonly username: string | null
  readonly email: string | null
  readonly whatsappNumber: string | null
  readonly role: Role
  /** Six digits; the customer's number in the shop. */
  readonly bankId: string
  readonly balance: Money<'IDR'>
  readonly isBanned: boolean
  /** Our messages do not reach them. */
  readonly hasBlockedBot: boolean
  readonly createdAt: Date
}

/** @throws not_found where nobody with this id has been here, or they were erased. */
export async function profileOf(store: Store, id: UserId): Promise<Profile> {
  const row = await selectUser(store.db, id)
  if (!row || row.erased_at !== null) throw fail('not_found')
  return toProfile(row)
}

/**
 * Changes what is given, clears what is null (QuickCart, UC 1 and 13).
 * @throws validation_failed naming each field, email_taken, not_found
 */
export async function updateProfile(
  store: Store,
  caller: Caller,
  id: UserId,
  patch: ProfilePatch,
): Promise<Profile> {
  const clean = tidy(patch)
  const problems = profileProblems(clean)
  if (problems.length > 0) throw invalidFields(problems)
  if (!(await inTransaction(store.db, caller, (tx) => updateUser(tx, id, clean)))) throw fail('not_found')
  return await profileOf(store, id)
}

/** Empty optional fields are NULL, never an empty text. */
function tidy(patch: ProfilePatch): ProfilePatch {
  return {
    ...(patch.name === undefined ? {} : { name: patch.name.trim() }),
    ...(patch.email === undefined ? {} : { email: patch.email?.trim().toLowerCase() || null }),
    ...(patch.whatsappNumber === undefined ? {} : { whatsappNumber: patch.whatsappNumber?.trim() || null }),
  }
}

export function toProfile(row: UserRow): Profile {
  return {
    id: userId(row.id),
    name: row.name,
    username: row.username,
    email: row.email,
    whatsappNumber: row.whatsapp_number,
    role: row.member_status,
    bankId: row.bank_id,
    balance: parseMoney('IDR', row.account_balance),
    isBanned: row.is_banned,
    hasBlockedBot: row.blocked_bot_at !== null,
    createdAt: row.created_at,
  }
}
