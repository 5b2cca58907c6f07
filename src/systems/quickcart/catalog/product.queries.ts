/** Reading the catalog. Prices come from the one SQL function that orders are priced by (`product_prices`). */
import { type Decimal, type Money, parseMoney } from '../../../kernel/money.ts'
import type { Db } from '../../../postgres/database.ts'
import { type Sql, sql } from '../../../postgres/sql.ts'
import type { Role } from '../accounts/roles.ts'
import type { ProductsRow } from '../databases/db_store1/tables.ts'

/** What is shown of a product to somebody of a role; the stock count is asked for apart, it is cached. */
export interface Product {
  readonly id: number
  readonly name: string
  readonly description: string | null
  readonly category: string
  /** This caller's price, discounts and reseller price applied. */
  readonly price: Money<'IDR'>
  readonly customerPrice: Money<'IDR'>
  /** Only resellers and admins learn it. */
  readonly resellerPrice: Money<'IDR'> | null
  readonly soldCount: number
  readonly isActive: boolean
}

interface ProductRow
  extends Pick<
    ProductsRow,
    | 'id'
    | 'name'
    | 'description'
    | 'category'
    | 'customer_price'
    | 'reseller_price'
    | 'sold_count'
    | 'is_active'
  > {
  /** By `product_prices`. */
  readonly price: Decimal
}

export interface ProductFilter {
  readonly category?: string
  /** Part of the name. */
  readonly query?: string
  readonly inStock?: boolean
  /** Also what is no longer sold; for admins. */
  readonly inactiveToo?: boolean
}

export type ProductSort = 'id' | 'sold'

/** The row after which a page begins, in the order of `sort`. */
export interface ProductKey {
  readonly id: number
  readonly soldCount: number
}

/** In the order of `sort`, at most `limit`. */
export async function selectProducts(
  db: Db,
  role: Role,
  filter: ProductFilter & { sort: ProductSort; after?: ProductKey; limit: number },
): Promise<readonly Product[]> {
  const { sort, after, limit } = filter
  const conditions = [...conditionsOf(filter), ...(after === undefined ? [] : [beyond(sort, after)])]
  const order = sort === 'id' ? sql`p.id` : sql`p.sold_count desc, p.id`
  const rows = await db.many<ProductRow>(
    products(role, sql`where ${all(conditions)} order by ${order} limit ${limit}`),
  )
  return rows.map((row) => toProduct(row, role))
}

/** By id, at most `limit` right before or after one. */
export async function selectProductsBeside(
  db: Db,
  role: Role,
  { way, id, limit, category }: { way: 'before' | 'after'; id: number; limit: number; category?: string },
): Promise<readonly Product[]> {
  const side = way === 'after' ? sql`p.id > ${id}::bigint` : sql`p.id < ${id}::bigint`
  const conditions = [...conditionsOf(category === undefined ? {} : { category }), side]
  const order = way === 'after' ? sql`p.id` : sql`p.id desc`
  const rows = await db.many<ProductRow>(
    products(role, sql`where ${all(conditions)} order by ${order} limit ${limit}`),
  )
  const found = rows.map((row) => toProduct(row, role))
  return way === 'after' ? found : found.toReversed()
}

/** In the order of the ids given; what is not there is left out. */
export async function selectProductsById(
  db: Db,
  role: Role,
  ids: readonly number[],
): Promise<readonly Product[]> {
  const rows = await db.many<ProductRow>(products(role, sql`where p.id = any (${ids})`))
  const byId = new Map(rows.map((row) => [row.id, toProduct(row, role)]))
  return ids.flatMap((id) => byId.get(id) ?? [])
}

/** Every id that fits, ascending: four bytes each, so that a page of the bot can say how many pages there are. */
export async function selectProductIds(db: Db, filter: ProductFilter): Promise<readonly number[]> {
  const { ids } = await db.one<{ ids: readonly number[] | null }>(
    sql`select array_agg(p.id order by p.id) as ids from products p where ${all(conditionsOf(filter))}`,
  )
  return ids ?? []
}

export interface Category {
  readonly name: string
  readonly products: number
}

export async function selectCategories(db: Db): Promise<readonly Category[]> {
  return await db.many<Category>(sql`
    select category as name, count(*)::int as products from products where is_active group by 1 order by 1`)
}

/** How many goods of each product can be ordered now. */
export async function countAvailable(db: Db, ids: readonly number[]): Promise<ReadonlyMap<number, number>> {
  const rows = await db.many<{ id: number; available: number }>(sql`
    select p.id, (
        select count(*) from product_stocks s
        where s.product_id = p.id and s.is_sold = false and s.order_id is null and s.removed_at is null
      )::int as available
      from unnest(${ids}::int[]) as p (id)`)
  return new Map(rows.map((row) => [row.id, row.available]))
}

/** Ids of active products that can be ordered now, ascending; for the bot's keyboard. */
export async function selectInStockIds(db: Db, limit: number): Promise<readonly number[]> {
  const rows = await db.many<{ id: number }>(
    sql`select p.id from products p where p.is_active and ${hasStock} order by p.id limit ${limit}`,
  )
  return rows.map((row) => row.id)
}

const hasStock = sql.raw(`exists (select from product_stocks s
  where s.product_id = p.id and s.is_sold = false and s.order_id is null and s.removed_at is null)`)

function products(role: Role, tail: Sql): Sql {
  return sql`
    select p.id, p.name, p.description, p.category, price.price, p.customer_price, p.reseller_price, p.sold_count,
        p.is_active
      from products p join product_prices(${role}) price on price.product_id = p.id ${tail}`
}

function conditionsOf({ category, query, inStock, inactiveToo }: ProductFilter): readonly Sql[] {
  return [
    ...(inactiveToo ? [] : [sql`p.is_active`]),
    ...(category === undefined ? [] : [sql`p.category = ${category}`]),
    ...(query === undefined ? [] : [sql`p.name ilike ${`%${query.replace(/[\\%_]/g, '\\$&')}%`}`]),
    ...(inStock ? [hasStock] : []),
  ]
}

function beyond(sort: ProductSort, { id, soldCount }: ProductKey): Sql {
  if (sort === 'id') return sql`p.id > ${id}::bigint`
  return sql`(p.sold_count < ${soldCount}::bigint or (p.sold_count = ${soldCount}::bigint and p.id > ${id}::bigint))`
}

function all(conditions: readonly Sql[]): Sql {
  return conditions.length > 0 ? sql.join(conditions, ' and ') : sql`true`
}

function toProduct(row: ProductRow, role: Role): Product {
  const sees = role !== 'customer' && row.reseller_price !== null
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    category: row.category,
    price: parseMoney('IDR', row.price),
    customerPrice: parseMoney('IDR', row.customer_price),
    resellerPrice: sees && row.reseller_price !== null ? parseMoney('IDR', row.reseller_price) : null,
    soldCount: row.sold_count,
    isActive: row.is_active,
  }
}
