/** Looking around the shop (QuickCart, UC 2): what the bot's menus and the API's public pages show. */
import { decodeCursor, type Page, toPage } from '../../../kernel/cursor.ts'
import type { Role } from '../accounts/roles.ts'
import { fail } from '../errors.ts'
import type { Store } from '../store.ts'
import {
  type Category,
  type Product,
  type ProductFilter,
  type ProductKey,
  type ProductSort,
  selectCategories,
  selectInStockIds,
  selectProductIds,
  selectProducts,
  selectProductsBeside,
  selectProductsById,
} from './product.queries.ts'
import { stockCounts } from './stock-count.ts'

export interface ProductView extends Product {
  /** Goods that can be ordered now. */
  readonly stockCount: number
}

export interface ListProducts extends ProductFilter {
  readonly role: Role
  readonly sort: ProductSort
  readonly cursor?: string
  readonly limit: number
}

const BEST_SELLERS = 10
/** Three rows of eight on the reply keyboard (QuickCart, §7.2). */
const KEYBOARD_IDS = 24

/** Categories with at least one active product. */
export async function listCategories(store: Store): Promise<readonly Category[]> {
  return await selectCategories(store.db)
}

/** @throws bad_request where the cursor is not one of this order. */
export async function listProducts(store: Store, list: ListProducts): Promise<Page<ProductView>> {
  const { cursor, limit, ...filter } = list
  const rows = await selectProducts(store.db, list.role, {
    ...filter,
    ...(cursor === undefined ? {} : { after: toKey(cursor) }),
    limit: limit + 1,
  })
  const page = toPage(
    rows,
    limit,
    (product) => [product.id, product.soldCount],
    (product) => product,
  )
  return { ...page, items: await withStock(store, page.items) }
}

/** @throws product_not_found */
export async function findProduct(store: Store, id: number, role: Role): Promise<ProductView> {
  const [product] = await withStock(store, await selectProductsById(store.db, role, [id]))
  // What is no longer sold is there for admins alone.
  if (!product || (!product.isActive && role !== 'admin')) throw fail('product_not_found', { product_id: id })
  return product
}

/** The ten that sold most, the most sold first. */
export async function bestSellers(store: Store, role: Role): Promise<readonly ProductView[]> {
  return await withStock(store, await selectProducts(store.db, role, { sort: 'sold', limit: BEST_SELLERS }))
}

export interface ProductPage {
  readonly items: readonly ProductView[]
  /** From 1; a page beyond the last is answered with the last. */
  readonly page: number
  readonly totalPages: number
}

/** A page of one category's products, or of all with those out of stock; by its number, as the chat turns them. */
export async function productPage(
  store: Store,
  { role, category, page, size }: { role: Role; category?: string; page: number; size: number },
): Promise<ProductPage> {
  const ids = await selectProductIds(store.db, category === undefined ? {} : { category })
  const totalPages = Math.max(1, Math.ceil(ids.length / size))
  const shown = Math.min(Math.max(1, page), totalPages)
  const items = await selectProductsById(store.db, role, ids.slice((shown - 1) * size, shown * size))
  return { items: await withStock(store, items), page: shown, totalPages }
}

/** The page next to one that is known, by the id of its first or last product. */
export async function productsBeside(
  store: Store,
  list: { role: Role; category?: string; way: 'before' | 'after'; id: number; limit: number },
): Promise<readonly ProductView[]> {
  return await withStock(store, await selectProductsBeside(store.db, list.role, list))
}

/** Products that can be ordered now, by id; for the bot's keyboard. */
export async function productIdsInStock(store: Store): Promise<readonly number[]> {
  return await selectInStockIds(store.db, KEYBOARD_IDS)
}

async function withStock(store: Store, products: readonly Product[]): Promise<readonly ProductView[]> {
  const counts = await stockCounts(
    store,
    products.map((product) => product.id),
  )
  return products.map((product) => ({ ...product, stockCount: counts.get(product.id) ?? 0 }))
}

function toKey(cursor: string): ProductKey {
  const [id, soldCount] = decodeCursor(cursor, ['number', 'number'] as const)
  return { id, soldCount }
}
