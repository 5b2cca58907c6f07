/** How often a person may do what (QuickCart, §7.6): keys `rate:{user_id}:{action}`, windows of 60 s. */
import { type DomainError, fail } from '../../../kernel/errors.ts'
import type { UserId } from '../accounts/user-id.ts'
import type { Store } from '../store.ts'

const WINDOW_SECONDS = 60

const LIMITS = { cmd: 10, admin_cmd: 100, voucher: 5, message: 3 } as const
const CHECKS_PER_INVOICE = 5
const ORDERS = 5

/** Counts one attempt. @throws rate_limited with `retry_after` in seconds */
export async function limitAction(store: Store, user: UserId, action: keyof typeof LIMITS): Promise<void> {
  await attempt(store, `rate:${user}:${action}`, LIMITS[action])
}

/** Counts one look at a payment. @throws rate_limited */
export async function limitCheck(store: Store, user: UserId, invoice: string): Promise<void> {
  await attempt(store, `rate:${user}:check-${invoice}`, CHECKS_PER_INVOICE)
}

/**
 * Orders are counted when they are made, not when they are refused: whoever runs into "out of stock" or their own
 * pending order may go on trying. Answers the refusal that another order would get, if it would.
 */
export async function orderRefusal(store: Store, user: UserId): Promise<DomainError | undefined> {
  const key = `rate:${user}:order`
  const made = Number((await store.kv.get(key)) ?? 0)
  return made < ORDERS ? undefined : limited((await store.kv.ttl(key)) ?? WINDOW_SECONDS)
}

export async function countOrder(store: Store, user: UserId): Promise<void> {
  await store.kv.increment(`rate:${user}:order`, WINDOW_SECONDS)
}

async function attempt(store: Store, key: string, limit: number): Promise<void> {
  const { count, resetsInSeconds } = await store.kv.increment(key, WINDOW_SECONDS)
  if (count > limit) throw limited(resetsInSeconds)
}

function limited(seconds: number): DomainError {
  return fail('rate_limited', { retry_after: Math.max(1, Math.ceil(seconds)) })
}
