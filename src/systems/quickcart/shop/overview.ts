import { type Money, rupiah } from '../../../kernel/money.ts'
import { auditBacklog } from '../../../platform/audit/relay.ts'
import type { AuditWatch } from '../../../platform/audit/watch.ts'
import type { Overview } from '../../../platform/system.ts'
import { sql } from '../../../postgres/sql.ts'
import type { Store } from '../store.ts'
import { newestTrail } from './trail.ts'

const tour = [
  {
    title: 'Open Telegram',
    text: 'You are Budi, in a simulator. Press START, or type a product’s number.',
    href: '/sim/telegram/#user=100000001',
  },
  {
    title: 'Order',
    text: 'Pick a product and a quantity, then “Lanjut ke pembayaran” (continue to payment) and QRIS.',
  },
  {
    title: 'Pay',
    text: 'Press “Checkout Page” under the QR code and pay there. The goods arrive in the chat; come back here to follow the money.',
  },
]

/** What the front page shows; also while db_audits is away. */
export async function overview(store: Store, watch: AuditWatch): Promise<Overview> {
  const proof = await watch.look()
  const [counts, accounts, backlog, trail] = await Promise.all([
    store.db.many<{ label: string; value: string }>(sql`
      select initcap(status) || ' orders' as label, count(*)::text as value from orders group by status
      union all select 'Goods on sale', count(*)::text from product_stocks
        where is_sold = false and order_id is null and removed_at is null
      union all select 'Messages waiting', count(*)::text from telegram_outbox where status = 'queued'
      order by 1`),
    store.db.many<{ name: string; balance: Money<'IDR'> }>(sql`
      select a.name, a.balance
          + coalesce((select sum(s.balance) from ledger.stripe s where s.account = a.id), 0)::bigint as balance
        from ledger.account a where a.name not like 'user.%'
      union all
      select 'user.* (what we owe)', coalesce(sum(a.balance), 0)::bigint from ledger.account a where a.name like 'user.%'
      order by 1`),
    auditBacklog(store.db),
    newestTrail(store, proof?.verifiedUpTo ?? 0n),
  ])
  const { telegram, pakasir } = store.config
  return {
    ...(telegram.simulated && pakasir.simulated ? { tour } : {}),
    counts,
    accounts: accounts.map(({ name, balance }) => ({ name, balance: rupiah(balance) })),
    ...(proof
      ? { audit: { ok: proof.ok, verifiedUpTo: `row ${proof.verifiedUpTo}`, waiting: backlog.waiting } }
      : {}),
    ...(trail ? { trail } : {}),
    links: [
      ...(store.config.telegram.simulated
        ? [
            {
              label: 'Telegram simulator',
              href: '/sim/telegram/',
              about: 'chat with the bot as Budi, Rina or the admin',
            },
          ]
        : []),
      ...(store.config.pakasir.simulated
        ? [
            {
              label: 'Payment simulator',
              href: '/sim/pakasir/',
              about: 'pay invoices, send odd webhooks, cause outages',
            },
          ]
        : []),
      { label: 'Shop health', href: '/quickcart/v1/health', about: 'databases, Telegram, gateway' },
      { label: 'Products', href: '/quickcart/v1/products', about: 'what is on sale' },
      { label: 'Statistics', href: '/quickcart/v1/stats', about: 'people and sales' },
    ],
  }
}
