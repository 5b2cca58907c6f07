/**
 * `queue:payment_expiry`, the documented sorted set: invoice → Unix second of its deadline (QuickCart, §7.6). A mirror
 * for people and tools; the durable jobs are the truth, and losing it loses nothing.
 */
import { sql } from '../../../postgres/sql.ts'
import type { Store } from '../store.ts'

const KEY = 'queue:payment_expiry'

/** Made anew from the open payments: at the start, and with every sweep. */
export async function rebuildExpiryQueue(store: Store): Promise<void> {
  const entries = await store.db.many<{ member: string; score: number }>(sql`
    select invoice_id as member, floor(extract(epoch from expires_at))::float8 as score
      from payments where status in ('creating', 'awaiting')`)
  await store.kv.sortedReplace(KEY, entries)
}
