/**
 * Where a person stands in a list: key `pagination:{user_id}:{context}` (QuickCart, §7.6). The page before and the one
 * after are read from the rows that are shown, however long the list is. The key may be lost at any time: the page is
 * then counted from the beginning.
 */
import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'
import type { Turn } from './turn.ts'

const LIFETIME_SECONDS = 900

const Standing = Type.Object({
  page: Type.Integer(),
  total_pages: Type.Integer(),
  /** The keys of what is shown: product ids, or cursors of the history. */
  items: Type.Array(Type.Union([Type.Integer(), Type.String()])),
})

type PageKey = Static<typeof Standing>['items'][number]

interface ListPage<Item> {
  readonly items: readonly Item[]
  readonly page: number
  readonly totalPages: number
}

export interface Listing<Item> {
  /** all, best, history, cat-{hash} */
  readonly context: string
  keyOf(item: Item): PageKey
  /** Counted from the beginning; beyond the last page the last one. */
  open(page: number): Promise<ListPage<Item>>
  /** The rows next to a key, as many as a page has. */
  beside(way: 'before' | 'after', key: PageKey): Promise<readonly Item[]>
}

/** Rows of a list in the chat; more than thirty would not fit into one message. */
export function pageSize({ store }: Turn): number {
  return store.settings.get('page_size')
}

/** The first page is always read anew, so that whoever opens a list sees what is there now. */
export async function turnPage<Item>(
  turn: Turn,
  listing: Listing<Item>,
  wanted: number,
): Promise<ListPage<Item>> {
  const found =
    (wanted > 1 ? await neighbour(turn, listing, wanted) : undefined) ?? (await listing.open(wanted))
  await remember(turn, listing, found)
  return found
}

export async function remember<Item>(
  turn: Turn,
  { context, keyOf }: Pick<Listing<Item>, 'context' | 'keyOf'>,
  { items, page, totalPages }: ListPage<Item>,
): Promise<void> {
  const standing: Static<typeof Standing> = { page, total_pages: totalPages, items: items.map(keyOf) }
  await turn.store.kv.set(pageKey(turn, context), JSON.stringify(standing), LIFETIME_SECONDS)
}

/** Undefined where the page is not next to the one that is shown, or the list has changed too much. */
async function neighbour<Item>(
  turn: Turn,
  { context, beside }: Listing<Item>,
  wanted: number,
): Promise<ListPage<Item> | undefined> {
  const stood = await standing(turn, context)
  if (!stood || wanted > stood.total_pages) return undefined
  const step = wanted - stood.page
  const key = step === 1 ? stood.items.at(-1) : step === -1 ? stood.items[0] : undefined
  if (key === undefined) return undefined
  const items = await beside(step === 1 ? 'after' : 'before', key)
  if (items.length === 0 || (step === -1 && items.length < pageSize(turn))) return undefined
  return { items, page: wanted, totalPages: stood.total_pages }
}

/** One of an older version, or a damaged one, counts as none. */
async function standing(turn: Turn, context: string): Promise<Static<typeof Standing> | undefined> {
  try {
    const stored: unknown = JSON.parse((await turn.store.kv.get(pageKey(turn, context))) ?? 'null')
    return Value.Check(Standing, stored) ? stored : undefined
  } catch {
    return undefined
  }
}

function pageKey({ user }: Turn, context: string): string {
  return `pagination:${user.id}:${context}`
}
