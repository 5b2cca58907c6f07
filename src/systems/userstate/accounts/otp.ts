/** One-time codes (UserState, U7): issued, mailed, tried, used once. */
import { createHmac, randomInt, timingSafeEqual } from 'node:crypto'
import type { Caller } from '../../../kernel/caller.ts'
import { type DomainError, isDomainError } from '../../../kernel/errors.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction, type Tx } from '../../../postgres/transaction.ts'
import { fail } from '../errors.ts'
import { enqueueMail } from '../mail/mail.jobs.ts'
import type { Store } from '../store.ts'
import type { OtpPurpose } from './account-rules.ts'

export interface OtpFor {
  readonly username: string
  readonly purpose: OtpPurpose
}

/**
 * Six digits on their way by mail; those of this purpose before are void. Answers how many seconds they live.
 * @throws otp_resend_too_soon
 */
export async function issueOtp(store: Store, tx: Tx, { username, purpose }: OtpFor): Promise<number> {
  const code = String(randomInt(1_000_000)).padStart(6, '0')
  const { seconds } = await tx.one<{ seconds: number }>(
    sql`select issue_otp(${username}, ${purpose}, ${digest(store, { username, purpose }, code)}) as seconds`,
  )
  await enqueueMail(store, tx, { username, template: purpose, code })
  return seconds
}

/**
 * Tries a code; the try is counted and committed before anything is compared. Answers the row that `useOtp` takes in the
 * transaction of what the code is for.
 * @throws otp_invalid, otp_expired, otp_locked
 */
export async function tryOtp(store: Store, caller: Caller, of: OtpFor, code: string): Promise<number> {
  return judge(store, of, code, await inTransaction(store.db, caller, (tx) => countTry(tx, of)))
}

/**
 * Tries a code and uses it, in the one transaction of what it is for. The try counts only where that commits: whoever calls
 * it commits too where `isRefusedCode`.
 * @throws otp_invalid, otp_expired, otp_locked
 */
export async function tryAndUseOtp(store: Store, tx: Tx, of: OtpFor, code: string): Promise<void> {
  await lockPerson(tx, of.username)
  await useOtp(tx, of.username, judge(store, of, code, await countTry(tx, of)))
}

/** A code that was tried and is not the one. */
export function isRefusedCode(error: unknown): error is DomainError {
  return ['otp_invalid', 'otp_expired', 'otp_locked'].some((code) => isDomainError(error, code))
}

interface Tried {
  readonly outcome: 'counted' | 'none' | 'expired' | 'locked'
  readonly id: number | null
  readonly otp: string | null
}

async function countTry(tx: Tx, { username, purpose }: OtpFor): Promise<Tried> {
  return await tx.one<Tried>(sql`select outcome, id, otp from try_otp(${username}, ${purpose})`)
}

/** @throws otp_invalid, otp_expired, otp_locked */
function judge(store: Store, of: OtpFor, code: string, { outcome, id, otp }: Tried): number {
  const isRight = otp !== null && agrees(otp, digest(store, of, code))
  // Whoever tries a code for a reset may be anybody: what became of it is told to those alone who have it, or the answers
  // would tell which people exist.
  if (of.purpose === 'PASSWORD_RESET' && !isRight) throw fail('otp_invalid')
  if (outcome === 'expired') throw fail('otp_expired')
  if (outcome === 'locked') throw fail('otp_locked')
  if (id === null || !isRight || outcome === 'none') throw fail('otp_invalid')
  return id
}

/** Whether a code that was mailed can still be used. */
export async function hasLiveOtp({ db, clock, settings }: Store, of: OtpFor): Promise<boolean> {
  const live = await db.maybeOne(sql`
    select from otp_tracker
      where username = ${of.username} and purpose = ${of.purpose} and consumed_at is null
        and expires_at > ${clock.now()} and attempts < ${settings.get('otp.max_attempts')}`)
  return live !== undefined
}

/** Two who have the same right code: one of them uses it. @throws otp_invalid */
export async function useOtp(tx: Tx, username: string, id: number): Promise<void> {
  await lockPerson(tx, username)
  const used = await tx.run(
    sql`update otp_tracker set consumed_at = niaga.now() where id = ${id} and consumed_at is null`,
  )
  if (used === 0) throw fail('otp_invalid')
}

/** Whoever changes the address locks the person and then their codes; so do we. */
async function lockPerson(tx: Tx, username: string): Promise<void> {
  await tx.maybeOne(sql`select from user_login where username = ${username} for no key update`)
}

/** What is kept of a code: worth nothing without the pepper, and in no other place. */
function digest({ config }: Store, { username, purpose }: OtpFor, code: string): string {
  const hmac = createHmac('sha256', config.otpPepper).update(`${username}\0${purpose}\0${code}`)
  return `hmac-sha256$${hmac.digest('hex')}`
}

function agrees(stored: string, given: string): boolean {
  const [a, b] = [Buffer.from(stored), Buffer.from(given)]
  return a.length === b.length && timingSafeEqual(a, b)
}
