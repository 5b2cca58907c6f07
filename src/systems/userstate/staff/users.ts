/** People, as staff see and change them (U24). */
import type { Caller } from '../../../kernel/caller.ts'
import { decodeCursor, type Page, toPage } from '../../../kernel/cursor.ts'
import { fail } from '../../../kernel/errors.ts'
import { revokeSessions } from '../../../platform/access/tokens.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import type { StaffRole } from '../access/roles.ts'
import { findProfile, type ProfileView } from '../accounts/profile.queries.ts'
import type { Store } from '../store.ts'

export interface UserFilter {
  /** ILIKE patterns without an escape: "%@example.com". */
  readonly emailLike?: string
  readonly usernameLike?: string
  readonly cursor?: string
  readonly limit: number
}

export interface UserRow {
  readonly username: string
  readonly email: string
  readonly first_name: string
  readonly last_name: string
  readonly disabled: boolean
}

/** By username. @throws bad_request for a wrong cursor */
export async function listUsers({ db }: Store, filter: UserFilter): Promise<Page<UserRow>> {
  const { emailLike, usernameLike, cursor, limit } = filter
  const conditions = [
    ...(cursor === undefined ? [] : [sql`i.username > ${decodeCursor(cursor, ['string'] as const)[0]}`]),
    ...(emailLike === undefined ? [] : [sql`i.email ilike ${emailLike} escape ''`]),
    ...(usernameLike === undefined ? [] : [sql`i.username ilike ${usernameLike} escape ''`]),
  ]
  const rows = await db.many<UserRow>(sql`
    select i.username, i.email, i.first_name, i.last_name, l.disabled
    from user_info i join user_login l on l.username = i.username
    where ${conditions.length === 0 ? sql`true` : sql.join(conditions, ' and ')}
    order by i.username limit ${limit + 1}`)
  return toPage(
    rows,
    limit,
    ({ username }) => [username],
    (row) => row,
  )
}

/** Who looked is on record. @throws not_found */
export async function inspectUser(
  store: Store,
  caller: Caller,
  username: string,
): Promise<{ readonly profile: ProfileView; readonly roles: readonly StaffRole[] }> {
  const profile = await findProfile(store, username)
  const rows = await inTransaction(store.db, caller, async (tx) => {
    await tx.run(sql`select audit.emit('read', 'user_info', ${username})`)
    return await tx.many<{ role: StaffRole }>(
      sql`select role from user_role where username = ${username} order by role`,
    )
  })
  return { profile, roles: rows.map(({ role }) => role) }
}

export interface UserChange {
  readonly disabled?: boolean
  readonly agent?: 'Y' | null
  readonly agent_id?: string | null
}

/** Whoever is disabled is out at once. @throws not_found, last_admin */
export async function changeUser(
  store: Pick<Store, 'db'>,
  caller: Caller,
  username: string,
  change: UserChange,
): Promise<void> {
  await inTransaction(store.db, caller, async (tx) => {
    const found = await tx.maybeOne(
      sql`select from user_login where username = ${username} for no key update`,
    )
    if (!found) throw fail('not_found')
    if (change.agent !== undefined)
      await tx.run(sql`update user_info set agent = ${change.agent} where username = ${username}`)
    if (change.agent_id !== undefined)
      await tx.run(sql`update user_info set agent_id = ${change.agent_id} where username = ${username}`)
    if (change.disabled !== undefined) await setDisabled(change.disabled)

    async function setDisabled(disabled: boolean): Promise<void> {
      await tx.run(sql`
        update user_login set disabled = ${disabled} where username = ${username} and disabled <> ${disabled}`)
      if (disabled) {
        await revokeSessions(tx, username)
      } else {
        await tx.run(sql`
          update deactivate_reason set reactivated_at = niaga.now(), reactivated_by = ${caller.id ?? null}
            where username = ${username} and reactivated_at is null`)
      }
    }
  })
}

/** @throws not_found, forbidden */
export async function grantRole(
  store: Pick<Store, 'db'>,
  caller: Caller,
  username: string,
  role: StaffRole,
): Promise<void> {
  await inTransaction(store.db, caller, (tx) =>
    tx.one(sql`select grant_role(${username}, ${role}, ${caller.id ?? null})`),
  )
}

/** @throws not_found, last_admin, forbidden */
export async function revokeRole(
  store: Store,
  caller: Caller,
  username: string,
  role: StaffRole,
): Promise<void> {
  await inTransaction(store.db, caller, (tx) =>
    tx.one(sql`select revoke_role(${username}, ${role}, ${caller.id ?? null})`),
  )
}
