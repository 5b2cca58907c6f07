import { createHash } from 'node:crypto'
import type { Caller } from '../../../kernel/caller.ts'
import { DomainError, isDomainError } from '../../../kernel/errors.ts'
import type { TokenPair } from '../../../platform/access/tokens.ts'
import { hashPassword, isOutdated, verifyPassword } from '../../../platform/passwords/hash.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { registerDevice } from '../devices/devices.ts'
import { fail, userstateErrors } from '../errors.ts'
import type { Store } from '../store.ts'
import { issueOtp, tryOtp, useOtp } from './otp.ts'

export interface Login {
  /** Username or e-mail address, in whatever letters. */
  readonly login: string
  readonly password: string
  readonly otp?: string
  /** Theirs from now on. */
  readonly device?: { readonly fcmId: string; readonly platform: string | null }
}

interface Credentials {
  readonly username: string
  readonly pwd: string
  readonly disabled: boolean
  readonly otp_login: boolean
}

const WINDOW_SECONDS = 15 * 60
const FAILURES_PER_ADDRESS = 50

/**
 * A session for somebody who knows the password, and the code where they want one (U3).
 * @throws invalid_credentials, account_disabled, otp_required, otp_invalid (401 here), otp_expired, otp_locked,
 *   rate_limited
 */
export async function login(store: Store, caller: Caller, input: Login): Promise<TokenPair> {
  const found = await findCredentials(store, input.login)
  const { username } = await checkPassword(store, caller, input, found)
  const as = { ...caller, type: 'user', id: username } as const
  if (found?.disabled) throw fail('account_disabled')
  if (found?.otp_login) await checkCode(store, as, username, input.otp)
  await inTransaction(store.db, as, async (tx) => {
    await tx.run(sql`select audit.emit('login', 'user_login', ${username})`)
    if (input.device) await registerDevice(tx, { username, ...input.device })
  })
  return await store.tokens.issue(username)
}

export async function findCredentials({ db }: Store, login: string): Promise<Credentials | undefined> {
  const plain = login.toLowerCase()
  return await db.maybeOne<Credentials>(sql`
    select l.username, l.pwd, l.disabled, l.otp_login from user_login l
    where l.username = coalesce(
      (select o.username from user_login o where lower(o.username) = ${plain}),
      (select i.username from user_info i where lower(i.email) = ${plain}))`)
}

/**
 * The try is counted before the password is looked at, so that many at once are no more tries than one by one; a right
 * password starts the count over. Whether somebody exists shows neither in the answer nor in the time it takes.
 */
async function checkPassword(
  store: Store,
  { ip = 'nowhere' }: Caller,
  { login, password }: Login,
  found: Credentials | undefined,
): Promise<{ readonly username: string }> {
  const account = `login:${createHash('sha256')
    .update(found?.username ?? login.toLowerCase())
    .digest('hex')}`
  const address = `login-failures:${ip}`
  const { count, resetsInSeconds } = await store.kv.increment(account, WINDOW_SECONDS)
  if (count > store.settings.get('auth.login_max_failures')) throw tooMany(resetsInSeconds)
  if (Number((await store.kv.get(address)) ?? 0) >= FAILURES_PER_ADDRESS) {
    throw tooMany((await store.kv.ttl(address)) ?? WINDOW_SECONDS)
  }
  const isRight = await verifyPassword(password, found?.pwd ?? (await nobodysHash))
  if (!found || !isRight) {
    await store.kv.increment(address, WINDOW_SECONDS)
    throw fail('invalid_credentials')
  }
  await store.kv.delete([account])
  if (isOutdated(found.pwd)) await rewrite(store, found, password)
  return found
}

/** Of two who sign in at once, one rewrites; somebody who changes the password meanwhile wins. */
async function rewrite({ db }: Store, { username, pwd }: Credentials, password: string): Promise<void> {
  const fresh = await hashPassword(password)
  await inTransaction(db, { type: 'user', id: username }, (tx) =>
    tx.run(sql`update user_login set pwd = ${fresh} where username = ${username} and pwd = ${pwd}`),
  )
}

async function checkCode(
  store: Store,
  caller: Caller,
  username: string,
  otp: string | undefined,
): Promise<void> {
  const of = { username, purpose: 'LOGIN' } as const
  if (otp === undefined) {
    await inTransaction(store.db, caller, (tx) => issueOtp(store, tx, of)).catch((error: unknown) => {
      // The one that was mailed a moment ago still serves.
      if (!isDomainError(error, 'otp_resend_too_soon')) throw error
    })
    throw fail('otp_required')
  }
  const id = await tryOtp(store, caller, of, otp).catch(unauthenticated)
  await inTransaction(store.db, caller, (tx) => useOtp(tx, id)).catch(unauthenticated)
}

/** Who signs in with a wrong code is told so as with a wrong password. */
function unauthenticated(error: unknown): never {
  if (!isDomainError(error, 'otp_invalid')) throw error
  throw new DomainError('otp_invalid', { ...userstateErrors.otp_invalid, status: 401 }, {}, { cause: error })
}

function tooMany(seconds: number): DomainError {
  return fail('rate_limited', { retry_after: Math.max(1, Math.ceil(seconds)) })
}

const nobodysHash = hashPassword('nobody has this password 0')
