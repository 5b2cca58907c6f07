/** Who meets at the wallet, and what they have to hand. */
import type { Random } from '../../random.ts'
import type { Client } from '../client.ts'
import type { Stage } from '../stage.ts'
import type { Body, Told } from './desk.ts'
import type { Model } from './model.ts'

/** `topup.invoice_seconds`, as it is seeded. */
const INVOICE_MS = 86_400_000

export interface Cast {
  readonly stage: Stage
  readonly model: Model
  readonly client: Client<string, Body>
  /** They pay and send money out; points come to them, and they leave them alone. */
  readonly payers: readonly string[]
  /** They collect points and vouchers, and pay nobody. */
  readonly collectors: readonly string[]
  /** Services that are paid. */
  readonly payees: readonly string[]
  /** The bank accounts of each payer. */
  readonly accounts: ReadonlyMap<string, readonly number[]>
  /** The referral code of each payer. */
  readonly codes: ReadonlyMap<string, string>
  /** What goes on beside the stories: payments on their way, second thoughts. */
  readonly background: Set<Promise<void>>
  /** Names every key, person and voucher once. */
  next(): number
}

export function key(cast: Cast): string {
  return `wallet-key-${cast.next()}`
}

export function post(cast: Cast, who: string, path: string, body?: unknown, once = key(cast)): Promise<Told> {
  return cast.client.ask(who, path, { method: 'POST', body, key: once })
}

/**
 * The same request twice at once, as an impatient thumb sends it: where both are accepted they speak of one thing. What
 * is refused is not kept under a key: the other one may come when there is money again.
 */
export async function postTwice(
  cast: Cast,
  who: string,
  path: string,
  body: unknown,
  once = key(cast),
): Promise<Told> {
  const [first, second] = await Promise.all([
    post(cast, who, path, body, once),
    post(cast, who, path, body, once),
  ])
  if (first.status >= 300) return second
  if (second.status < 300 && idOf(first) !== idOf(second))
    cast.model.violated('idempotency', `${path} was answered with ${idOf(first)} and with ${idOf(second)}`)
  return first
}

function idOf({ body }: Told): string {
  return String(body.id ?? body.transaction?.id ?? body.balance ?? '')
}

/** What is refused in good faith; anything else was not expected. */
export function refusedFor(cast: Cast, what: string, { status, body }: Told, codes: readonly string[]): void {
  if (status >= 400 && !codes.includes(body.code ?? ''))
    cast.model.violated('refused', `${what} with ${status} ${body.code ?? ''}`)
}

/** Where an answer was lost and the day of an invoice went by before the next try, none is made any more. */
export function tooLate(cast: Cast, askedAt: Date, { wasUnknown }: Told): readonly string[] {
  const passed = cast.stage.clock.now().getTime() - askedAt.getTime()
  return wasUnknown && passed >= INVOICE_MS ? ['gateway_rejected'] : []
}

export function thousands(random: Random, most: number): number {
  return 1_000 * (1 + random.int(most))
}
