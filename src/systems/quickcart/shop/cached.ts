/** What costs much to find out and may be a while old: kept in kv, found out by one at a time. */
import { type Static, type TSchema, Type } from 'typebox'
import { Value } from 'typebox/value'
import type { Store } from '../store.ts'

/** A whole number, at most so many seconds old. */
export async function cached(
  store: Store,
  key: string,
  seconds: number,
  count: () => Promise<number>,
): Promise<number> {
  return await cachedJson(store, key, seconds, Type.Integer({ minimum: 0 }), count)
}

/**
 * Anything of that shape, at most so many seconds old. Where the cache is lost or holds nonsense it is found out
 * anew, once for all who ask meanwhile: counting millions of rows is not worth doing a hundred times at once.
 */
export async function cachedJson<Schema extends TSchema>(
  store: Store,
  key: string,
  seconds: number,
  schema: Schema,
  find: () => Promise<Static<Schema>>,
): Promise<Static<Schema>> {
  const flights = flightsOf(store)
  const flight =
    flights.get(key) ?? lookUp(store, key, seconds, schema, find).finally(() => flights.delete(key))
  flights.set(key, flight)
  // Under one key everybody keeps one shape.
  return (await flight) as Static<Schema>
}

async function lookUp<Schema extends TSchema>(
  store: Store,
  key: string,
  seconds: number,
  schema: Schema,
  find: () => Promise<Static<Schema>>,
): Promise<Static<Schema>> {
  const known = parse(await store.kv.get(key))
  if (Value.Check(schema, known)) return known
  const found = await find()
  await store.kv.set(key, JSON.stringify(found), seconds)
  return found
}

const running = new WeakMap<Store, Map<string, Promise<unknown>>>()

function flightsOf(store: Store): Map<string, Promise<unknown>> {
  const flights = running.get(store) ?? new Map<string, Promise<unknown>>()
  running.set(store, flights)
  return flights
}

function parse(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}
