/** What a shop begins with (QuickCart, §11). Everything may run again at any start: nothing is overwritten. */
import { systemCaller } from '../../kernel/caller.ts'
import type { SystemContext } from '../../platform/system.ts'
import { sql } from '../../postgres/sql.ts'
import { inTransaction, type Tx } from '../../postgres/transaction.ts'
import { readShopConfiguration } from './configuration.ts'
import { openShopSettings } from './settings.ts'
import type { StoreIdentity } from './stores/store-identity.ts'

/** People of the demonstration, also known to the simulated Telegram. */
export const demoPeople = [
  { id: 100_000_001, name: 'Budi', username: 'budi_demo', role: 'customer', balance: '0.00' },
  { id: 100_000_002, name: 'Rina', username: 'rina_demo', role: 'reseller', balance: '150000.00' },
  { id: 900_000_001, name: 'Admin', username: 'admin_demo', role: 'admin', balance: '0.00' },
] as const

const demoProducts = [
  { id: 1, name: 'Netflix Premium 1 Bulan', category: 'Streaming', price: '30000.00', reseller: '27000.00' },
  { id: 2, name: 'Spotify Premium 3 Bulan', category: 'Musik', price: '45000.00', reseller: '40000.00' },
  { id: 3, name: 'Canva Pro 1 Tahun', category: 'Desain', price: '99000.00', reseller: null },
] as const

const DEMO_STOCK = 5
const DEMO_VOUCHER = { code: 'DEMO1234', amount: '10000.00', days: 30 }

export async function seed(
  identity: StoreIdentity,
  context: SystemContext,
  { demo }: { readonly demo: boolean },
): Promise<void> {
  const db = context.database(identity.databases.shop)
  const { rootAdmins } = readShopConfiguration(identity, context.environment, context)
  const settings = await openShopSettings(identity, db, context.log)
  try {
    await inTransaction(db, systemCaller, async (tx) => {
      await settings.seed(tx)
      for (const id of rootAdmins) await seedRootAdmin(tx, id)
      if (demo) await seedDemo(tx)
    })
  } finally {
    await settings.close()
  }
}

/** ADMIN_USER_IDS only begins with them; who is an admin is what their row says. */
async function seedRootAdmin(tx: Tx, id: bigint): Promise<void> {
  await tx.run(
    sql`select register_user(${id}, 'Admin', null) where not exists (select from users where id = ${id})`,
  )
  // Whoever runs the shop's configuration has the last word, also about a ban.
  await tx.run(sql`
    update users set member_status = 'admin', is_banned = false
      where id = ${id} and (member_status <> 'admin' or is_banned)`)
}

async function seedDemo(tx: Tx): Promise<void> {
  for (const { id, name, username, role, balance } of demoPeople) {
    await tx.run(sql`
      insert into users (id, name, username, member_status, bank_id, account_balance)
        select ${id}, ${name}, ${username}, ${role}, random_code(6, '0123456789'), ${balance}::numeric
        where not exists (select from users where id = ${id})
        on conflict do nothing`)
  }
  for (const product of demoProducts) await seedProduct(tx, product)
  await tx.run(sql`
    insert into vouchers (code, amount, created_by, expires_at)
      values (${DEMO_VOUCHER.code}, ${DEMO_VOUCHER.amount}, ${demoPeople[2].id},
        niaga.now() + make_interval(days => ${DEMO_VOUCHER.days}))
      on conflict (code) do nothing`)
}

async function seedProduct(tx: Tx, { id, name, category, price, reseller }: (typeof demoProducts)[number]) {
  const description = 'Dikirim otomatis dalam hitungan detik setelah pembayaran.'
  const isNew = await tx.run(sql`
    insert into products (id, name, description, category, customer_price, reseller_price)
      values (${id}, ${name}, ${description}, ${category}, ${price}, ${reseller}) on conflict (id) do nothing`)
  // Goods that were sold or removed do not come back at the next start.
  if (isNew === 0) return
  const contents = Array.from(
    { length: DEMO_STOCK },
    (_, i) => `DEMO-${id}-${i + 1}: user${i + 1}@contoh.id | rahasia${id}${i + 1}`,
  )
  await tx.run(sql`select added from add_stock(${id}, ${contents})`)
}
