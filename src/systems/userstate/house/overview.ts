import { systemAccounts } from '../../../ledger/ledger.ts'
import { auditBacklog } from '../../../platform/audit/relay.ts'
import type { AuditWatch } from '../../../platform/audit/watch.ts'
import { sparingly } from '../../../platform/sparingly.ts'
import type { Overview } from '../../../platform/system.ts'
import { sql } from '../../../postgres/sql.ts'
import { MAIL_PATH } from '../mail/sink.ts'
import { PAGE_PATH } from '../page/page.routes.ts'
import type { Store } from '../store.ts'
import { points, rupiah } from '../wallet/amounts.ts'

/** What the front page shows; fresh where counting is quick. */
export function openOverview(store: Store, watch: AuditWatch): () => Promise<Overview> {
  return sparingly(() => overview(store, watch))
}

/** Also while userstate_audits is away. */
async function overview(store: Store, watch: AuditWatch): Promise<Overview> {
  const proof = await watch.look()
  const [counts, accounts, owed, backlog] = await Promise.all([
    store.db.many<{ label: string; value: string }>(sql`
      select 'People' as label, count(*)::text as value from user_login where not disabled
      union all select initcap(status) || ' transactions', count(*)::text from user_transaction group by status
      order by 1`),
    systemAccounts(store.db),
    store.db.many<{ name: string; unit: string; balance: bigint }>(sql`
      select split_part(name, ':', 1) || ':* (what we owe)' as name, unit, sum(balance)::bigint as balance
      from ledger.account where personal group by 1, 2 order by 1`),
    auditBacklog(store.db),
  ])
  return {
    counts,
    accounts: [...accounts, ...owed].map(({ name, unit, balance }) => ({
      name,
      balance: unit === 'PTS' ? `${points(balance)} points` : rupiah(balance),
    })),
    ...(proof
      ? { audit: { ok: proof.ok, verifiedUpTo: `row ${proof.verifiedUpTo}`, waiting: backlog.waiting } }
      : {}),
    links: [
      {
        label: 'Wallet',
        href: `${PAGE_PATH}/`,
        about: 'the page for people: register, top up, pay, withdraw; fits a phone',
      },
      ...(store.gateway.simulator
        ? [
            {
              label: 'Xendit simulator',
              href: `${store.gateway.simulator.path}/`,
              about: 'pay invoices and follow payouts as the bank',
            },
          ]
        : []),
      ...(store.post.sink
        ? [{ label: 'Mailbox', href: `${MAIL_PATH}/`, about: 'every mail that was sent: codes arrive here' }]
        : []),
    ],
  }
}
