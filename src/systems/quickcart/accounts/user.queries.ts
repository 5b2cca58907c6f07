import type { Decimal } from '../../../kernel/money.ts'
import type { Db } from '../../../postgres/database.ts'
import { sql } from '../../../postgres/sql.ts'
import type { Tx } from '../../../postgres/transaction.ts'
import type { Role } from './roles.ts'
import type { UserId } from './user-id.ts'

export interface UserRow {
  readonly id: bigint
  readonly name: string
  readonly username: string | null
  readonly email: string | null
  readonly whatsapp_number: string | null
  readonly member_status: Role
  readonly bank_id: string
  readonly account_balance: Decimal
  readonly is_banned: boolean
  readonly created_at: Date
  readonly blocked_bot_at: Date | null
  readonly erased_at: Date | null
}

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
