/** How often a person may do what (QuickCart, §7.6): keys `rate:{user_id}:{action}`, windows of 60 s. */
import { type DomainError, fail, isDomainError } from '../../../kernel/errors.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import type { UserId } from '../accounts/user-id.ts'
import type { Store } from '../store.ts'

const WINDOW_SECONDS = 60

const LIMITS = { cmd: 10, admin_cmd: 100, voucher: 5, message: 3 } as const
const CHECKS_PER_INVOICE = 5

/** Counts one attempt. @throws rate_limited with `retry_after` in seconds */
export async function limitAction(store: Store, user: UserId, action: keyof typeof LIMITS): Promise<void> {
  await attempt(store, user, action, LIMITS[action])
}

/**
 * Looks a typed voucher code up. Each one that is refused counts, wherever it was typed; one that holds does not.
 * Counted before it is looked up, so that a hundred at once are no way around. @throws rate_limited
 */
export async function limitGuesses<T>(
  store: Store,
  user: UserId,
  code: string | undefined,
  lookUp: () => Promise<T>,
): Promise<T> {
  if (code === undefined) return await lookUp()
  await limitAction(store, user, 'voucher')
  let isWrong = false
  try {
    return await lookUp()
  } catch (error) {
    isWrong = isDomainError(error) && error.code.startsWith('voucher_')
    throw error
  } finally {
    if (!isWrong) await store.kv.increment(`rate:${user}:voucher`, WINDOW_SECONDS, -1)
  }
}

/** Counts one look at a payment. @throws rate_limited */
export async function limitCheck(store: Store, user: UserId, invoice: string): Promise<void> {
  await attempt(store, user, `check-${invoice}`, CHECKS_PER_INVOICE)
}

/** Makes what `count_made` counts in the same transaction, and puts its refusal on record. */
export async function limitMade<T>(
  store: Store,
  user: UserId,
  what: 'order' | 'deposit',
  make: () => Promise<T>,
): Promise<T> {
  try {
    return await make()
  } catch (error) {
    if (isDomainError(error, 'rate_limited')) await recordOnce(store, user, what, error)
    throw error
  }
}

/** What is refused is not counted with what was made, so that a window's first refusal is known by its own counter. */
async function recordOnce(store: Store, user: UserId, what: string, { details }: DomainError): Promise<void> {
  const refused = await store.kv.increment(`refused:${user}:${what}`, Number(details.retry_after))
  if (refused.count === 1) await record(store, user, what)
}

async function attempt(store: Store, user: UserId, action: string, limit: number): Promise<void> {
  const { count, resetsInSeconds } = await store.kv.increment(`rate:${user}:${action}`, WINDOW_SECONDS)
  if (count === limit + 1) await record(store, user, action)
  if (count > limit) throw limited(resetsInSeconds)
}

/** One event for each window that somebody ran into (QuickCart, §9), however often they go on. */
async function record(store: Store, user: UserId, action: string): Promise<void> {
  const caller = { type: 'user', id: String(user) } as const
  await inTransaction(store.db, caller, (tx) =>
    tx.run(sql`
      select audit.emit('rate_limit_exceeded', 'users', ${String(user)}, ${user}, ${sql.json({ limited: action })})`),
  )
}

function limited(seconds: number): DomainError {
  return fail('rate_limited', { retry_after: Math.max(1, Math.ceil(seconds)) })
}
