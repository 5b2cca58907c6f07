/** How often a person may do what (QuickCart, §7.6): keys `rate:{user_id}:{action}`, windows of 60 s. */
import { type DomainError, fail } from '../../../kernel/errors.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import type { UserId } from '../accounts/user-id.ts'
import type { Store } from '../store.ts'

const WINDOW_SECONDS = 60

const LIMITS = { cmd: 10, admin_cmd: 100, voucher: 5, message: 3 } as const
const CHECKS_PER_INVOICE = 5
/** A deposit is as much work for the gateway as an order, and may be cancelled and made again as fast. */
const MADE = { order: 5, deposit: 5 } as const

/** Counts one attempt. @throws rate_limited with `retry_after` in seconds */
export async function limitAction(store: Store, user: UserId, action: keyof typeof LIMITS): Promise<void> {
  await attempt(store, user, action, LIMITS[action])
}

/** Counts one look at a payment. @throws rate_limited */
export async function limitCheck(store: Store, user: UserId, invoice: string): Promise<void> {
  await attempt(store, user, `check-${invoice}`, CHECKS_PER_INVOICE)
}

/**
 * Orders and deposits are counted when they are made, not when they are refused: whoever runs into "out of stock" or
 * their own pending order may go on trying. Answers the refusal that another one would get, if it would.
 */
export async function refusalToMake(
  store: Store,
  user: UserId,
  what: keyof typeof MADE,
): Promise<DomainError | undefined> {
  const key = `rate:${user}:${what}`
  const made = Number((await store.kv.get(key)) ?? 0)
  if (made < MADE[what]) return undefined
  const seconds = (await store.kv.ttl(key)) ?? WINDOW_SECONDS
  // What is refused is not counted there, so that the first refusal of a window is known by a counter of its own.
  const refused = await store.kv.increment(`refused:${user}:${what}`, Math.max(1, Math.ceil(seconds)))
  if (refused.count === 1) await record(store, user, what)
  return limited(seconds)
}

export async function countMade(store: Store, user: UserId, what: keyof typeof MADE): Promise<void> {
  await store.kv.increment(`rate:${user}:${what}`, WINDOW_SECONDS)
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
