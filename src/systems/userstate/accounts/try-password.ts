/** Passwords are tried: every try is counted before anything is compared (UserState, U3). */
import { createHash } from 'node:crypto'
import type { Caller } from '../../../kernel/caller.ts'
import { verifyPassword } from '../../../platform/passwords/hash.ts'
import { sql } from '../../../postgres/sql.ts'
import type { Tx } from '../../../postgres/transaction.ts'
import { fail } from '../errors.ts'
import type { Store } from '../store.ts'

const WINDOW_SECONDS = 15 * 60
const FAILURES_PER_ADDRESS = 50

export interface TriedPassword {
  /** Strangers count for logins alone: they keep nobody who is signed in from saying their password again. */
  readonly where: 'login' | 'password'
  /** A username; where there is nobody, what was given for one. */
  readonly account: string
  /** What is stored; undefined where there is nobody. */
  readonly pwd: string | undefined
  readonly password: string
}

/**
 * Counted first, many tries at once are no more than one by one; a right password starts the account's count over and gives
 * back the address' one. Whether somebody exists shows neither in the answer nor in the time it takes.
 * @throws invalid_credentials, rate_limited
 */
export async function tryPassword(
  { kv, settings }: Store,
  { ip = 'nowhere' }: Caller,
  { where, account, pwd, password }: TriedPassword,
): Promise<void> {
  const ofAccount = `${where}:${createHash('sha256').update(account).digest('hex')}`
  const ofAddress = `login-failures:${ip}`
  const giveBack = () => kv.increment(ofAddress, WINDOW_SECONDS, -1)
  const here = await kv.increment(ofAddress, WINDOW_SECONDS)
  if (here.count > FAILURES_PER_ADDRESS) throw tooMany(here.resetsInSeconds)
  const there = await kv.increment(ofAccount, WINDOW_SECONDS)
  if (there.count > settings.get('auth.login_max_failures')) {
    await giveBack()
    throw tooMany(there.resetsInSeconds)
  }
  if (!(await verifyPassword(password, pwd))) throw fail('invalid_credentials')
  await kv.delete([ofAccount])
  await giveBack()
}

/**
 * Somebody who is signed in says their password once more. Answers the stored hash, for `holdPassword`.
 * @throws invalid_credentials, rate_limited
 */
export async function demandPassword(
  store: Store,
  caller: Caller,
  username: string,
  password: string,
): Promise<string> {
  const { pwd } = await store.db.one<{ pwd: string }>(
    sql`select pwd from user_login where username = ${username}`,
  )
  await tryPassword(store, caller, { where: 'password', account: username, pwd, password })
  return pwd
}

/** What was proved still holds, and does until the end of the transaction. @throws invalid_credentials */
export async function holdPassword(tx: Tx, username: string, pwd: string): Promise<void> {
  const held = await tx.maybeOne(
    sql`select from user_login where username = ${username} and pwd = ${pwd} for no key update`,
  )
  if (!held) throw fail('invalid_credentials')
}

function tooMany(seconds: number) {
  return fail('rate_limited', { retry_after: Math.max(1, Math.ceil(seconds)) })
}
