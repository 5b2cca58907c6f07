/** What UserState begins with (its specification, §10). Everything may run again at any start: nothing is overwritten. */
import { systemCaller } from '../../kernel/caller.ts'
import type { SystemContext } from '../../platform/system.ts'
import { sql } from '../../postgres/sql.ts'
import { inTransaction, type Tx } from '../../postgres/transaction.ts'
import { walletDatabase } from './databases.ts'
import { openWalletSettings } from './settings.ts'

const paymentTypes = [
  { name: 'CREDIT_CARD', methods: ['CREDIT_CARD'] },
  { name: 'BANK_TRANSFER', methods: ['BCA', 'BNI', 'BRI', 'MANDIRI', 'PERMATA', 'BSI'] },
  { name: 'E_WALLET', methods: ['OVO', 'DANA', 'SHOPEEPAY', 'LINKAJA'] },
  { name: 'RETAIL_OUTLET', methods: ['ALFAMART', 'INDOMARET'] },
  { name: 'QR_CODE', methods: ['QRIS'] },
] as const

const bankChannels = [
  { id: 1, code: 'BCA', description: 'Bank Central Asia' },
  { id: 2, code: 'MANDIRI', description: 'Bank Mandiri' },
  { id: 3, code: 'BNI', description: 'Bank Negara Indonesia' },
  { id: 4, code: 'BRI', description: 'Bank Rakyat Indonesia' },
] as const

export async function seed(
  context: Pick<SystemContext, 'database' | 'log'>,
  { demo }: { readonly demo: boolean },
): Promise<void> {
  const db = context.database(walletDatabase.name)
  const settings = await openWalletSettings(db, context.log)
  try {
    await inTransaction(db, systemCaller, async (tx) => {
      await settings.seed(tx)
      await seedOffers(tx)
      if (demo) await seedDemo(tx)
    })
  } finally {
    await settings.close()
  }
}

async function seedOffers(tx: Tx): Promise<void> {
  await seedPaymentTypes(tx)
  await seedChannels(tx)
  await tx.run(sql`
    insert into counter (type, counter, month)
      select type, 0, 0 from unnest(array['INVOICE', 'TRANSACTION', 'REFERRAL']) type on conflict (type) do nothing`)
}

async function seedPaymentTypes(tx: Tx): Promise<void> {
  // Once they have been administered they are left as they are: one that was renamed does not come back.
  const { changed } = await tx.one<{ changed: boolean }>(
    sql`select exists (select from payment_types where updated_at <> created_at) as changed`,
  )
  if (changed) return
  for (const { name, methods } of paymentTypes) {
    await tx.run(
      sql`insert into payment_types (name, status, xendit_methods) values (${name}, true, ${methods})`,
    )
    // The documented statement makes it without.
    await tx.run(
      sql`update payment_types set xendit_methods = ${methods} where name = ${name} and xendit_methods = '{}'`,
    )
  }
}

async function seedChannels(tx: Tx): Promise<void> {
  for (const { id, code, description } of bankChannels) {
    await tx.run(sql`
      insert into bank_channel (id, code, type, currency, description)
        values (${id}, ${code}, 'BANK', 'IDR', ${description}) on conflict (id) do nothing`)
    await tx.run(
      sql`update bank_channel set description = ${description} where id = ${id} and code = ${code} and description is null`,
    )
  }
}

/** The document's sample rows. */
async function seedDemo(tx: Tx): Promise<void> {
  const isNew = await tx.run(sql`
    insert into user_login (username, pwd) values ('john_doe', 'no password yet') on conflict (username) do nothing`)
  if (isNew === 0) return
  await tx.run(sql`
    insert into user_info (username, email, first_name, last_name, referral_code)
      values ('john_doe', 'john@example.com', 'John', 'Doe', 'JOHN123')`)
  await tx.run(sql`
    insert into user_balance (username, balance, onapps_point, in_transaction) values ('john_doe', 100000, '50', 0)`)
}
