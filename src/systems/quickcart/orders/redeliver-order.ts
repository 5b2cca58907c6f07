import type { Caller } from '../../../kernel/caller.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { fail } from '../errors.ts'
import type { Store } from '../store.ts'

/** Sends the same goods once more to their owner (QuickCart, UC 11). @throws order_not_found, order_not_paid */
export async function redeliverOrder(store: Store, caller: Caller, invoice: string): Promise<void> {
  await inTransaction(store.db, caller, async (tx) => {
    const order = await tx.maybeOne<{ user_id: bigint; status: string }>(
      sql`select user_id, status from orders where invoice_id = ${invoice}`,
    )
    if (!order) throw fail('order_not_found', { invoice })
    if (order.status !== 'paid') throw fail('order_not_paid', { invoice })
    // Without a dedupe key: each request of an admin is another message.
    await tx.run(sql`
      insert into telegram_outbox (chat_id, method, payload, ref_type, ref_id, priority, next_attempt_at, created_at)
        values (${order.user_id}, 'sendMessage', ${sql.json({ kind: 'deliver', invoice })}, 'order', ${invoice}, 1,
          niaga.now(), niaga.now())`)
  })
}
