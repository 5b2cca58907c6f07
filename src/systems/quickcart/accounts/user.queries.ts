import type { Db } from '../../../postgres/database.ts'
import { sql } from '../../../postgres/sql.ts'
import type { Tx } from '../../../postgres/transaction.ts'
import type { UsersRow } from '../databases/db_store1/tables.ts'
import type { UserId } from './user-id.ts'

export type UserRow = Pick<
  UsersRow,
  | 'id'
  | 'name'
  | 'username'
  | 'email'
  | 'whatsapp_number'
  | 'member_status'
  | 'bank_id'
  | 'account_balance'
  | 'is_banned'
  | 'created_at'
  | 'blocked_bot_at'
  | 'erased_at'
>

export async function selectUser(db: Db, id: UserId): Promise<UserRow | undefined> {
  return await db.maybeOne<UserRow>(sql`
    select id, name, username, email, whatsapp_number, member_status, bank_id, account_balance, is_banned,
        created_at, blocked_bot_at, erased_at
      from users where id = ${id}`)
}

export interface ProfilePatch {
  readonly name?: string
  /** Null clears. */
  readonly email?: string | null
  readonly whatsappNumber?: string | null
}

export async function updateUser(tx: Tx, id: UserId, patch: ProfilePatch): Promise<void> {
  const changes = [
    ...(patch.name === undefined ? [] : [sql`name = ${patch.name}`]),
    ...(patch.email === undefined ? [] : [sql`email = ${patch.email}`]),
    ...(patch.whatsappNumber === undefined ? [] : [sql`whatsapp_number = ${patch.whatsappNumber}`]),
  ]
  if (changes.length > 0) await tx.run(sql`update users set ${sql.join(changes)} where id = ${id}`)
}
