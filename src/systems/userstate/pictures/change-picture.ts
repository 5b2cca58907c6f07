/** What somebody looks like (UserState, U9): a small WebP of their own, under a name that nobody guesses. */
import { randomBytes } from 'node:crypto'
import type { Caller } from '../../../kernel/caller.ts'
import { enqueue } from '../../../platform/jobs/job.ts'
import { toWebp } from '../../../platform/pictures/to-webp.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { fail } from '../errors.ts'
import type { Store } from '../store.ts'
import { imageCleanup, isPicture, PICTURES } from './picture-jobs.ts'

/** Bytes of the file that is sent. */
export const MAX_BYTES = 5_000_000
/** Pixels a side. */
export const MAX_SIDE = 6000
const SIDE = 512

/**
 * The file is there before the row names it. After an error it stays: the row may name it all the same, where the answer
 * to COMMIT was lost, and `image.sweep` removes it where none does. Answers "profile/….webp".
 * @throws file_too_large, unsupported_image, account_disabled, unavailable
 */
export async function putPicture(
  store: Store,
  caller: Caller,
  username: string,
  bytes: Buffer,
): Promise<string> {
  if (bytes.length > MAX_BYTES) throw fail('file_too_large', { limit: MAX_BYTES })
  const webp = await toWebp(bytes, { accept: MAX_SIDE, side: SIDE })
  if (!webp) throw fail('unsupported_image', { pixels: MAX_SIDE })
  const name = `${PICTURES}/${randomBytes(16).toString('base64url')}.webp`
  await store.files.write(name, webp)
  await changePicture(store, caller, username, name)
  return name
}

/** Also where there is none. @throws account_disabled */
export async function removePicture(store: Store, caller: Caller, username: string): Promise<void> {
  await changePicture(store, caller, username, null)
}

async function changePicture(
  store: Store,
  caller: Caller,
  username: string,
  name: string | null,
): Promise<void> {
  await inTransaction(store.db, caller, async (tx) => {
    await tx.one(sql`select lock_user(${username})`)
    const { old } = await tx.one<{ old: string | null }>(sql`
      with before as (select profile_img from user_info where username = ${username} for no key update)
      update user_info i set profile_img = ${name} from before where i.username = ${username}
        returning before.profile_img as old`)
    // What an older program noted is not in our folder.
    if (old !== null && isPicture(old)) await enqueue(tx, imageCleanup, { name: old })
  })
}

/** Undefined where nobody looks like that, or not any more. */
export async function findPicture(store: Store, name: string): Promise<Buffer | undefined> {
  const shown = await store.db.maybeOne<object>(
    sql`select from user_info where profile_img = ${name} limit 1`,
  )
  return shown && (await store.files.read(name))
}
