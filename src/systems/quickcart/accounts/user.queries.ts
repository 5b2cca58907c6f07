import type { Db } from '../../../postgres/database.ts'
import { type Sql, sql } from '../../../postgres/sql.ts'
import type { Tx } from '../../../postgres/transaction.ts'
import type { UsersRow } from '../databases/db_store1/tables.ts'
import type { Role } from './roles.ts'
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

/** Who is behind a session; undefined where it is over, or the person erased. Also somebody banned has none left. */
export async function selectAccount(
  db: Db,
  id: UserId,
  sessionId: string,
): Promise<{ readonly role: Role; readonly banned: boolean } | undefined> {
  return await db.maybeOne(sql`
    select u.member_status as role, u.is_banned as banned from users u
      where u.id = ${id} and u.erased_at is null and (u.is_banned or exists (
        select from niaga.session s where s.id = ${sessionId} and s.revoked_at is null))`)
}

export interface UserFilter {
  /** The beginning of a name, of a handle with or without @, or of an id. */
  readonly query?: string
  readonly role?: Role
  readonly banned?: boolean
}

/** Those who were not erased, by id. */
export async function selectUsers(
  db: Db,
  { query, role, banned, after, limit }: UserFilter & { readonly after?: number; readonly limit: number },
): Promise<readonly UserRow[]> {
  const conditions = [
    sql`erased_at is null`,
    ...(query === undefined ? [] : [beginsWith(query)]),
    ...(role === undefined ? [] : [sql`member_status = ${role}`]),
    // As the partial index has it.
    ...(banned === undefined ? [] : [banned ? sql`is_banned` : sql`not is_banned`]),
    ...(after === undefined ? [] : [sql`id > ${after}::bigint`]),
  ]
  return await db.many<UserRow>(sql`
    select id, name, username, email, whatsapp_number, member_status, bank_id, account_balance, is_banned,
        created_at, blocked_bot_at, erased_at
      from users where ${sql.join(conditions, ' and ')} order by id limit ${limit}`)
}

function beginsWith(text: string): Sql {
  const pattern = (given: string) => `${given.replace(/[\\%_]/g, '\\$&')}%`
  return sql`(lower(name) like lower(${pattern(text)}) or lower(username) like lower(${pattern(text.replace(/^@/, ''))})
    or id::text like ${pattern(text)})`
}

export interface ProfilePatch {
  readonly name?: string
  /** Null clears. */
  readonly email?: string | null
  readonly whatsappNumber?: string | null
}

/** False where there is nobody to change, or nobody any more: erased while this was asked for. */
export async function updateUser(tx: Tx, id: UserId, patch: ProfilePatch): Promise<boolean> {
  const changes = [
    ...(patch.name === undefined ? [] : [sql`name = ${patch.name}`]),
    ...(patch.email === undefined ? [] : [sql`email = ${patch.email}`]),
    ...(patch.whatsappNumber === undefined ? [] : [sql`whatsapp_number = ${patch.whatsappNumber}`]),
  ]
  if (changes.length === 0) return true
  const changed = await tx.run(
    sql`update users set ${sql.join(changes)} where id = ${id} and erased_at is null`,
  )
  return changed > 0
}
