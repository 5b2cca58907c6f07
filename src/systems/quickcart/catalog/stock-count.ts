/** Counts of goods on sale, cached as `stock_count:{product_id}` for 300 s (QuickCart, §7.6). */
import type { Store } from '../store.ts'
import { countAvailable } from './product.queries.ts'

const SECONDS = 300

/** For display; what an order gets is decided by the goods themselves. */
export async function stockCounts(
  store: Store,
  ids: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  const cachedCounts = await Promise.all(ids.map(async (id) => [id, await store.kv.get(keyOf(id))] as const))
  const known = cachedCounts.flatMap(([id, text]) =>
    text === undefined ? [] : [[id, Number(text)] as const],
  )
  const missing = cachedCounts.filter(([, text]) => text === undefined).map(([id]) => id)
  if (missing.length === 0) return new Map(known)
  const counted = await countAvailable(store.db, missing)
  await Promise.all([...counted].map(([id, count]) => store.kv.set(keyOf(id), String(count), SECONDS)))
  return new Map([...known, ...counted])
}

/** Drops a count as soon as its goods change, whoever changed them. Answers how to stop. */
export async function watchStock(store: Store): Promise<() => Promise<void>> {
  return await store.db.listen('stock_changed', (productId) => {
    store.kv.delete([keyOf(Number(productId))]).catch((error: unknown) => {
      store.log.warn({ productId, error: String(error) }, 'a cached stock count could not be dropped')
    })
  })
}

function keyOf(productId: number): string {
  return `stock_count:${productId}`
}
