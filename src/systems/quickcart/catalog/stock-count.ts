/** Counts of goods on sale, cached as `stock_count:{product_id}` for 300 s (QuickCart, §7.6). */
import type { Store } from '../store.ts'
import { countAvailable } from './product.queries.ts'

const SECONDS = 300

/** For display; what an order gets is decided by the goods themselves. */
export async function stockCounts(
  store: Store,
  ids: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  const cached = await store.kv.getMany(ids.map(keyOf))
  const known = ids.flatMap((id) => {
    const text = cached.get(keyOf(id))
    return text === undefined ? [] : [[id, Number(text)] as const]
  })
  const missing = ids.filter((id) => !cached.has(keyOf(id)))
  if (missing.length === 0) return new Map(known)
  const counted = await countAvailable(store.db, missing)
  await Promise.all([...counted].map(([id, count]) => store.kv.set(keyOf(id), String(count), SECONDS)))
  return new Map([...known, ...counted])
}

/** How long a change may commit after the one that announced it for both. */
const SECOND_LOOK_MS = 1_000

/** Drops a count as soon as its goods change, whoever changed them. Answers how to stop. */
export async function watchStock(store: Store): Promise<() => Promise<void>> {
  const waiting = new Map<string, NodeJS.Timeout>()
  const drop = (key: string) => {
    waiting.delete(key)
    store.kv.delete([key]).catch((error: unknown) => {
      store.log.warn({ key, error: String(error) }, 'a cached stock count could not be dropped')
    })
  }
  const stop = await store.db.listen('stock_changed', (productId) => {
    const key = keyOf(Number(productId))
    drop(key)
    // Changes that were under way at the same time announce nothing of their own (notify_stock_changed.sql).
    if (!waiting.has(key)) waiting.set(key, setTimeout(drop, SECOND_LOOK_MS, key))
  })
  return async () => {
    for (const timer of waiting.values()) clearTimeout(timer)
    await stop()
  }
}

function keyOf(productId: number): string {
  return `stock_count:${productId}`
}
