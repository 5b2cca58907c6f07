import { money, rupiah } from '../../../kernel/money.ts'
import { systemAccounts } from '../../../ledger/ledger.ts'
import { auditBacklog } from '../../../platform/audit/relay.ts'
import type { AuditWatch } from '../../../platform/audit/watch.ts'
import { sparingly } from '../../../platform/sparingly.ts'
import type { Overview } from '../../../platform/system.ts'
import { sql } from '../../../postgres/sql.ts'
import type { Store } from '../store.ts'
import type { StoreIdentity } from '../stores/store-identity.ts'
import { newestTrail } from './trail.ts'

const tourOf = ({ paths }: StoreIdentity) => [
  {
    title: 'Open Telegram',
    text: 'You are Budi, in a simulator. Press START, or type a product’s number.',
    href: `${paths.telegramSimulator}/#user=100000001`,
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

/** What the front page shows; fresh where counting is quick. */
export function openOverview(store: Store, watch: AuditWatch): () => Promise<Overview> {
  return sparingly(() => overview(store, watch))
}

/** Also while db_audits is away. */
async function overview(store: Store, watch: AuditWatch): Promise<Overview> {
  const proof = await watch.look()
  const [counts, accounts, { owed }, backlog, trail] = await Promise.all([
    store.db.many<{ label: string; value: string }>(sql`
      select initcap(status) || ' orders' as label, count(*)::text as value from orders group by status
      union all select 'Goods on sale', count(*)::text from product_stocks
        where is_sold = false and order_id is null and removed_at is null
      union all select 'Messages waiting', count(*)::text from telegram_outbox where status = 'queued'
      order by 1`),
    systemAccounts(store.db),
    store.db.one<{ owed: bigint }>(sql`
      select coalesce(sum(a.balance), 0)::bigint as owed from ledger.account a where a.personal`),
    auditBacklog(store.db),
    newestTrail(store, proof?.verifiedUpTo ?? 0n),
  ])
  const { telegram, pakasir } = store.config
  const { paths } = store.identity
  return {
    ...(telegram.simulated && pakasir.simulated ? { tour: tourOf(store.identity) } : {}),
    counts,
    accounts: [
      ...accounts.map(({ name, balance }) => ({ name, balance: rupiah(money('IDR', balance)) })),
      { name: 'user.* (what we owe)', balance: rupiah(money('IDR', owed)) },
    ],
    ...(proof
      ? { audit: { ok: proof.ok, verifiedUpTo: `row ${proof.verifiedUpTo}`, waiting: backlog.waiting } }
      : {}),
    trail: trail ?? 'none yet',
    links: [
      ...(store.config.telegram.simulated
        ? [
            {
              label: 'Telegram simulator',
              href: `${paths.telegramSimulator}/`,
              about: 'chat with the bot as Budi, Rina or the admin',
            },
            {
              label: 'Side by side',
              href: `${paths.telegramSimulator}/together.html`,
              about: 'customer, reseller and admin in one window',
            },
          ]
        : []),
      ...(store.config.pakasir.simulated
        ? [
            {
              label: 'Payment simulator',
              href: `${paths.pakasirSimulator}/`,
              about: 'pay invoices, send odd webhooks, cause outages',
            },
          ]
        : []),
      { label: 'Shop health', href: `${paths.api}/health`, about: 'databases, Telegram, gateway' },
      { label: 'Products', href: `${paths.api}/products`, about: 'what is on sale' },
      { label: 'Statistics', href: `${paths.api}/stats`, about: 'people and sales' },
    ],
  }
}
