import type { Store } from '../store.ts'

/** A number that may be that many seconds old. Where the cache is lost or holds nonsense it is counted anew. */
export async function cached(
  store: Store,
  key: string,
  seconds: number,
  count: () => Promise<number>,
): Promise<number> {
  const known = await store.kv.get(key)
  if (known !== undefined && /^\d{1,15}$/.test(known)) return Number(known)
  const counted = await count()
  await store.kv.set(key, String(counted), seconds)
  return counted
}
