/** Choosing another password, knowing the old one (U5) or the e-mail account (U6). */
import { createHash, randomBytes } from 'node:crypto'
import type { Caller } from '../../../kernel/caller.ts'
import { revokeSessions } from '../../../platform/access/tokens.ts'
import { enqueue } from '../../../platform/jobs/job.ts'
import { hashPassword } from '../../../platform/passwords/hash.ts'
import { passwordWeakness } from '../../../platform/passwords/rules.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { fail } from '../errors.ts'
import type { Store } from '../store.ts'
import { findCredentials } from './login.ts'
import { tryOtp, useOtp } from './otp.ts'
import { resetRequest } from './reset.jobs.ts'
import { demandPassword, holdPassword } from './try-password.ts'

const TICKET_SECONDS = 600
const BEHIND_MONEY = 10

export interface ChangePassword {
  readonly username: string
  readonly sessionId: string
  readonly current: string
  readonly next: string
}

/** All other sessions end. @throws invalid_credentials, weak_password, rate_limited */
export async function changePassword(store: Store, caller: Caller, input: ChangePassword): Promise<void> {
  const { username, sessionId, current, next } = input
  const old = await demandPassword(store, caller, username, current)
  const pwd = await newPassword(store, username, next)
  await inTransaction(store.db, caller, async (tx) => {
    // Where somebody else was faster, theirs holds.
    await holdPassword(tx, username, old)
    await tx.run(sql`update user_login set pwd = ${pwd} where username = ${username}`)
    await revokeSessions(tx, username, sessionId)
  })
}

/**
 * Mails a code to whoever that is, by a job: nobody is told whether it is anybody, and the time it takes says nothing.
 */
export async function requestReset(store: Store, caller: Caller, login: string): Promise<void> {
  const payload = { login, ...(caller.ip === undefined ? {} : { ip: caller.ip }) }
  // However often anybody is asked for: one job that waits for each, one that runs for all, and money goes first.
  const how = { key: `reset:${sha256(login.toLowerCase())}`, queue: 'resets', priority: BEHIND_MONEY }
  await inTransaction(store.db, caller, (tx) => enqueue(tx, resetRequest, payload, how))
}

/** Trades the code for a ticket. @throws otp_invalid, otp_expired, otp_locked */
export async function verifyReset(
  store: Store,
  caller: Caller,
  { login, otp }: { readonly login: string; readonly otp: string },
): Promise<{ readonly ticket: string; readonly expiresIn: number }> {
  const found = await findCredentials(store, login)
  // Where there is nobody, that is looked for too.
  const username = found?.username ?? login.toLowerCase()
  const id = await tryOtp(store, caller, { username, purpose: 'PASSWORD_RESET' }, otp)
  // It names its owner, so that it is found by their row and not by a search through all.
  const ticket = `${Buffer.from(username).toString('base64url')}.${randomBytes(32).toString('base64url')}`
  await inTransaction(store.db, { ...caller, type: 'user', id: username }, async (tx) => {
    await useOtp(tx, username, id)
    const noted = await tx.run(sql`
      update user_login set token = ${sha256(ticket)},
          token_expires_at = niaga.now() + make_interval(secs => ${TICKET_SECONDS})
        where username = ${username} and not disabled`)
    if (noted === 0) throw fail('otp_invalid')
  })
  return { ticket, expiresIn: TICKET_SECONDS }
}

/** The ticket works once; all sessions end. @throws ticket_invalid, weak_password */
export async function confirmReset(
  store: Store,
  caller: Caller,
  { ticket, next }: { readonly ticket: string; readonly next: string },
): Promise<void> {
  const username = Buffer.from(ticket.split('.', 1)[0] ?? '', 'base64url').toString()
  // Anybody can write one; what no text of the database can hold is nobody's.
  if (username.includes('\0')) throw fail('ticket_invalid')
  const hash = sha256(ticket)
  const live = await store.db.maybeOne(sql`
    select from user_login where username = ${username} and token = ${hash} and token_expires_at > ${store.clock.now()}`)
  if (!live) throw fail('ticket_invalid')
  const pwd = await newPassword(store, username, next)
  await inTransaction(store.db, { ...caller, type: 'user', id: username }, async (tx) => {
    // The change of the password voids the ticket.
    const used = await tx.run(sql`
      update user_login set pwd = ${pwd}
        where username = ${username} and token = ${hash} and token_expires_at > niaga.now() and not disabled`)
    if (used === 0) throw fail('ticket_invalid')
    await revokeSessions(tx, username)
  })
}

/** Its hash. @throws weak_password */
async function newPassword({ db }: Store, username: string, password: string): Promise<string> {
  const found = await db.maybeOne<{ email: string }>(
    sql`select email from user_info where username = ${username}`,
  )
  const reason = passwordWeakness(password, [username, ...(found ? [found.email] : [])])
  if (reason !== undefined) throw fail('weak_password', { reason })
  return await hashPassword(password)
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
