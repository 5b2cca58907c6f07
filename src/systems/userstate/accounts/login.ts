import type { Caller } from '../../../kernel/caller.ts'
import { DomainError, isDomainError } from '../../../kernel/errors.ts'
import type { BegunSession, TokenPair } from '../../../platform/access/tokens.ts'
import { hashPassword, isOutdated, verifyPassword } from '../../../platform/passwords/hash.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { registerDevice } from '../devices/devices.ts'
import { fail, userstateErrors } from '../errors.ts'
import type { Store } from '../store.ts'
import { hasLiveOtp, issueOtp, tryOtp, useOtp } from './otp.ts'
import { tryPassword } from './try-password.ts'

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

/** What somebody has shown, before the session begins. */
interface Proof {
  readonly username: string
  /** The hash that the password fits. */
  readonly pwd: string
  /** The mailed code's row; null where none is wanted. */
  readonly codeId: number | null
}

/**
 * A session for somebody who knows the password, and the code where they want one (U3).
 * @throws invalid_credentials, account_disabled, otp_required, otp_invalid (401 here), otp_expired, otp_locked,
 *   otp_resend_too_soon, rate_limited
 */
export async function login(store: Store, caller: Caller, input: Login): Promise<TokenPair> {
  const found = await findCredentials(store, input.login)
  const account = found?.username ?? input.login.toLowerCase()
  await tryPassword(store, caller, { where: 'login', account, pwd: found?.pwd, password: input.password })
  if (!found) throw fail('invalid_credentials')
  if (found.disabled) throw fail('account_disabled')
  const { username, pwd } = found
  const as = { ...caller, type: 'user', id: username } as const
  const codeId = found.otp_login ? await checkCode(store, as, username, input.otp) : null
  return await store.tokens.tokensOf(await beginSession(store, as, input, { username, pwd, codeId }))
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
 * The person's row is locked, so that whoever changes the password or is disabled meanwhile comes before, and is seen here, or
 * after, and ends this session too. Of two who sign in at once with an old hash one replaces it; the other then finds a hash
 * that is not the one the password was compared with, and compares again.
 */
async function beginSession(
  store: Store,
  caller: Caller,
  input: Login,
  { username, pwd, codeId }: Proof,
): Promise<BegunSession> {
  const better = isOutdated(pwd) ? await hashPassword(input.password) : undefined
  const now = await inTransaction(store.db, caller, async (tx) => {
    const stored = await tx.one<{ pwd: string; disabled: boolean }>(
      sql`select pwd, disabled from user_login where username = ${username} for no key update`,
    )
    if (stored.disabled) throw fail('account_disabled')
    if (stored.pwd !== pwd) return stored
    if (codeId !== null) await useOtp(tx, username, codeId).catch(unauthenticated)
    if (better !== undefined)
      await tx.run(sql`update user_login set pwd = ${better} where username = ${username}`)
    await tx.run(sql`select audit.emit('login', 'user_login', ${username})`)
    if (input.device) await registerDevice(tx, { username, ...input.device })
    return { session: await store.tokens.begin(tx, username) }
  })
  if ('session' in now) return now.session
  if (!(await verifyPassword(input.password, now.pwd))) throw fail('invalid_credentials')
  return await beginSession(store, caller, input, { username, pwd: now.pwd, codeId })
}

/** Answers the code's row, to be used with the session or not at all. */
async function checkCode(
  store: Store,
  caller: Caller,
  username: string,
  otp: string | undefined,
): Promise<number> {
  const of = { username, purpose: 'LOGIN' } as const
  if (otp !== undefined) return await tryOtp(store, caller, of, otp).catch(unauthenticated)
  try {
    await inTransaction(store.db, caller, (tx) => issueOtp(store, tx, of))
  } catch (error) {
    // The one that was mailed a moment ago still serves; where none does, they are told when to come back.
    if (!isDomainError(error, 'otp_resend_too_soon') || !(await hasLiveOtp(store, of))) throw error
  }
  throw fail('otp_required')
}

/** Who signs in with a wrong code is told so as with a wrong password. */
function unauthenticated(error: unknown): never {
  if (!isDomainError(error, 'otp_invalid')) throw error
  throw new DomainError('otp_invalid', { ...userstateErrors.otp_invalid, status: 401 }, {}, { cause: error })
}
