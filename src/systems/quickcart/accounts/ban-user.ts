import type { Caller } from '../../../kernel/caller.ts'
import { parseMoney } from '../../../kernel/money.ts'
import { revokeSessions } from '../../../platform/access/tokens.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { dropSession } from '../bot/session.ts'
import type { PaymentsRow } from '../databases/db_store1/tables.ts'
import { fail } from '../errors.ts'
import { cancelAtGateway } from '../payments/cancel-at-gateway.ts'
import { pollAfterClose } from '../payments/payment-jobs.ts'
import { checkIfAnswered } from '../payments/settle-payment.ts'
import type { Store } from '../store.ts'
import { findUser } from './find-users.ts'
import type { Profile } from './profile.ts'
import type { UserId } from './user-id.ts'

/**
 * Shuts somebody out (QuickCart, UC 19): their pending order and deposit are given up, or settled where the money is
 * already there; sessions and tokens end; the balance stays and is not spent. Again, it does what was left to do.
 * @throws user_not_found, target_is_admin
 */
export async function banUser(store: Store, caller: Caller, id: UserId): Promise<Profile> {
  const { role } = await findUser(store, id)
  if (role === 'admin') throw fail('target_is_admin', { user_id: String(id) })
  for (const invoice of await openInvoices(store, id)) await checkIfAnswered(store, caller, invoice)

  const cancelled = await inTransaction(store.db, caller, async (tx) => {
    const invoices = await tx.many<{ invoice: string }>(sql`select ban_user(${id}) as invoice`)
    await revokeSessions(tx, String(id))
    for (const { invoice } of invoices) await pollAfterClose(tx, store, invoice)
    return invoices.map(({ invoice }) => invoice)
  })

  await dropSession(store, id)
  for (const invoice of cancelled) {
    await cancelAtGateway(store, { invoice, amount: await amountOf(store, invoice) })
    // Money that slipped in between need not wait for the poll: it is credited.
    await checkIfAnswered(store, caller, invoice)
  }
  return await findUser(store, id)
}

/** Lets them in again; they sign in anew. @throws user_not_found */
export async function unbanUser(store: Store, caller: Caller, id: UserId): Promise<Profile> {
  await inTransaction(store.db, caller, (tx) => tx.run(sql`select unban_user(${id})`))
  // Banned again within the day, they are told again.
  await store.kv.delete([`banned:${id}`])
  return await findUser(store, id)
}

async function openInvoices(store: Store, id: UserId): Promise<readonly string[]> {
  const rows = await store.db.many<Pick<PaymentsRow, 'invoice_id'>>(sql`
    select invoice_id from payments where user_id = ${id} and status in ('creating', 'awaiting') order by id`)
  return rows.map((row) => row.invoice_id)
}

async function amountOf(store: Store, invoice: string) {
  const { amount } = await store.db.one<Pick<PaymentsRow, 'amount'>>(
    sql`select amount from payments where invoice_id = ${invoice}`,
  )
  return parseMoney('IDR', amount)
}
