import type { Caller } from '../../../kernel/caller.ts'
import { fail } from '../errors.ts'
import { findBilledOf } from '../gateway/cancel-billed.ts'
import { checkInvoice } from '../gateway/check-invoice.ts'
import type { Store } from '../store.ts'
import { findTransaction } from '../transactions/list-transactions.ts'
import type { TransactionView } from '../transactions/transaction-view.ts'

const WINDOW_SECONDS = 10

/** Looks now (UserState, section 6): once in ten seconds. @throws not_found, rate_limited, gateway_unavailable */
export async function syncTopup(
  store: Store,
  caller: Caller,
  id: bigint,
  username: string,
): Promise<TransactionView> {
  const billed = await findBilledOf(store, 'TOPUP', id, username)
  const { count, resetsInSeconds } = await store.kv.increment(`rate:sync:${id}`, WINDOW_SECONDS)
  if (count > 1) throw fail('rate_limited', { retry_after: Math.max(1, Math.ceil(resetsInSeconds)) })
  if (billed.xenditInvoice !== null) await checkInvoice(store, caller, billed, billed.xenditInvoice)
  return await findTransaction(store, id, username)
}
