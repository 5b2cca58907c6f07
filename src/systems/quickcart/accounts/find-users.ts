/** People as admins see them (QuickCart, UC 16). */
import { decodeCursor, type Page, toPage } from '../../../kernel/cursor.ts'
import { isDomainError } from '../../../kernel/errors.ts'
import { fail } from '../errors.ts'
import type { Store } from '../store.ts'
import { type Profile, profileOf, toProfile } from './profile.ts'
import { selectUser, selectUsers, type UserFilter } from './user.queries.ts'
import type { UserId } from './user-id.ts'

/** @throws user_not_found, also for somebody who was erased */
export async function findUser(store: Store, id: UserId): Promise<Profile> {
  try {
    return await profileOf(store, id)
  } catch (error) {
    throw isDomainError(error, 'not_found') ? fail('user_not_found') : error
  }
}

export interface ListUsers extends UserFilter {
  readonly cursor?: string
  readonly limit: number
}

/** By id. @throws bad_request for a wrong cursor */
export async function listUsers(
  store: Store,
  { cursor, limit, ...filter }: ListUsers,
): Promise<Page<Profile>> {
  const after = cursor === undefined ? undefined : decodeCursor(cursor, ['number'] as const)[0]
  const rows = await selectUsers(store.db, {
    ...filter,
    ...(after === undefined ? {} : { after }),
    limit: limit + 1,
  })
  return toPage(rows, limit, ({ id }) => [Number(id)], toProfile)
}

/** For what was asked for earlier and goes out now. */
export async function isAdmin(store: Store, id: UserId): Promise<boolean> {
  return (await selectUser(store.db, id))?.member_status === 'admin'
}
