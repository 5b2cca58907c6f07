import type { Caller } from '../../../kernel/caller.ts'
import { formatMoney, type Money } from '../../../kernel/money.ts'
import { idempotent } from '../../../platform/idempotency/idempotent.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { userId } from '../accounts/user-id.ts'
import { insertBroadcast } from '../broadcasts/draft-broadcast.ts'
import type { Store } from '../store.ts'
import { giveawayText } from '../telegram/messages/broadcast.ts'

export interface GiveAway {
  /** Of each voucher. */
  readonly amount: Money<'IDR'>
  readonly count: number
  readonly idempotencyKey: string
}

export interface GivenAway {
  readonly codes: readonly string[]
  /** ISO 8601. */
  readonly expiresAt: string
  /** The broadcast that tells everybody. */
  readonly broadcast: number
}

/**
 * Makes vouchers and tells everybody their codes; first come, first served (QuickCart, UC 17). One transaction: no
 * voucher without the message, no message without the vouchers.
 * @throws voucher_amount_range, voucher_count_range, amount_not_whole, forbidden, idempotency_conflict,
 * idempotency_in_flight
 */
export async function giveAway(store: Store, caller: Caller, input: GiveAway): Promise<GivenAway> {
  const admin = userId(caller.id ?? 0)
  const amount = formatMoney('IDR', input.amount)
  const { count, idempotencyKey: key } = input
  return await inTransaction(store.db, caller, (tx) =>
    idempotent(tx, { scope: `giveaway:${admin}`, key, request: { amount, count } }, async () => {
      const { codes, expires_at: expires } = await tx.one<{ codes: string[]; expires_at: Date }>(
        sql`select codes, expires_at from give_away(${admin}, ${amount}, ${withinInteger(count)})`,
      )
      const body = giveawayText({ amount: input.amount, codes, expiresAt: expires })
      const broadcast = await insertBroadcast(tx, { kind: 'giveaway', body, author: admin })
      await tx.run(sql`select send_broadcast(${broadcast})`)
      return { codes, expiresAt: expires.toISOString(), broadcast }
    }),
  )
}

/** The same refusal for a count that the parameter could not carry. */
function withinInteger(count: number): number {
  return Math.max(-1, Math.min(count, 2_147_483_647))
}
