/** Counts that the public may see, and the admins' figures (QuickCart, §6). */
import { type Static, Type } from 'typebox'
import { type Decimal, type Money, parseMoney } from '../../../kernel/money.ts'
import { sql } from '../../../postgres/sql.ts'
import type { Store } from '../store.ts'
import { cached, cachedJson } from './cached.ts'

export interface ShopStats {
  readonly totalUsers: number
  /** Paid orders. */
  readonly totalTransactions: number
}

const STATS_SECONDS = 600

/** At most ten minutes old. */
export async function shopStats(store: Store): Promise<ShopStats> {
  const [totalUsers, totalTransactions] = await Promise.all([
    cached(store, 'stats:total_users', STATS_SECONDS, async () => {
      const { n } = await store.db.one<{ n: number }>(
        sql`select count(*)::int as n from users where erased_at is null`,
      )
      return n
    }),
    cached(store, 'stats:total_transactions', STATS_SECONDS, async () => {
      const { n } = await store.db.one<{ n: number }>(
        sql`select count(*)::int as n from orders where status = 'paid'`,
      )
      return n
    }),
  ])
  return { totalUsers, totalTransactions }
}

const TopBuyers = Type.Array(
  Type.Object({
    /** The first two letters and stars. */
    name: Type.String(),
    orders: Type.Integer(),
  }),
)
export type TopBuyer = Static<typeof TopBuyers>[number]

/** The ten with the most paid orders of the last thirty days, at most ten minutes old. */
export async function topBuyers(store: Store): Promise<readonly TopBuyer[]> {
  return await cachedJson(store, 'stats:top_buyers', STATS_SECONDS, TopBuyers, async () => {
    const rows = await store.db.many<TopBuyer>(sql`
      select u.name, top.orders from (
        select user_id, count(*)::int as orders from orders
          where status = 'paid' and created_at > ${store.clock.now()}::timestamptz - interval '30 days'
          group by user_id order by 2 desc, 1 limit 10) top
        join users u on u.id = top.user_id
        where u.erased_at is null
        order by top.orders desc, u.id`)
    return rows.map(({ name, orders }) => ({ name: mask(name), orders }))
  })
}

function mask(name: string): string {
  return `${[...name].slice(0, 2).join('')}***`
}

export interface AdminStats extends ShopStats {
  readonly activeOrders: number
  /** Since midnight in Jakarta: what was paid, without the gateway's fees. */
  readonly revenueToday: Money<'IDR'>
  readonly topProducts: readonly { readonly id: number; readonly name: string; readonly sold_count: number }[]
}

export async function adminStats(store: Store): Promise<AdminStats> {
  const now = store.clock.now()
  const [stats, today, topProducts] = await Promise.all([
    shopStats(store),
    store.db.one<{ active: number; revenue: Decimal }>(sql`
      select (select count(*) from orders where status = 'pending')::int as active,
        (select coalesce(sum(total_bill - payment_fee), 0)::numeric(15,2) from orders
          where status = 'paid' and updated_at >=
            date_trunc('day', ${now}::timestamptz at time zone 'Asia/Jakarta') at time zone 'Asia/Jakarta'
            and created_at >= ${now}::timestamptz - interval '2 days') as revenue`),
    store.db.many<{ id: number; name: string; sold_count: number }>(
      sql`select id, name, sold_count from products order by sold_count desc, id limit 5`,
    ),
  ])
  return {
    ...stats,
    activeOrders: today.active,
    revenueToday: parseMoney('IDR', today.revenue),
    topProducts,
  }
}
