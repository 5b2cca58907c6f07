/** Who may take, give back and look at a payment: the service it is for, or staff. */
import type { Identity } from '../../../platform/access/identity.ts'
import type { Db } from '../../../postgres/database.ts'
import { fail } from '../errors.ts'
import { selectTransaction } from '../transactions/transaction.queries.ts'
import type { TransactionView } from '../transactions/transaction-view.ts'

/** `key:<holder>`, as api keys name their service. */
export function holderOf({ kind, subject }: Identity): string | undefined {
  return kind === 'service' ? subject.replace(/^key:/, '') : undefined
}

/**
 * A service sees what is paid to it, staff everything, anybody else what they pay themselves.
 * @throws not_found, also for what is somebody else's
 */
export async function findPayment(db: Db, identity: Identity, id: bigint): Promise<TransactionView> {
  const payment = await selectTransaction(db, id)
  if (payment?.type !== 'PAYMENT' || !sees(identity, payment)) throw fail('not_found')
  return payment
}

function sees(identity: Identity, { payee, username }: TransactionView): boolean {
  const holder = holderOf(identity)
  if (holder !== undefined) return payee === holder
  return (
    username === identity.subject || identity.roles.some((role) => role === 'finance' || role === 'admin')
  )
}
