import type { XenditInvoice } from '../../../gateways/xendit/answers.ts'
import type { Tx } from '../../../postgres/transaction.ts'
import { noteLog } from '../logs/write-log.ts'
import type { Store } from '../store.ts'
import type { Billed } from './invoice.queries.ts'
import { toRupiah } from './rupiah.ts'

/** Has the checkout log say what the gateway said (UserState, 7.4). */
export async function noteInvoice(
  tx: Tx,
  store: Store,
  billed: Billed,
  invoice: XenditInvoice,
): Promise<void> {
  const { status } = invoice
  await noteLog(tx, store, 'xendit_checkout_logs', {
    id: invoice.id,
    createdAt: invoice.createdAt,
    platform: billed.platform,
    status:
      status === 'SETTLED' ? 'PAID' : ['PENDING', 'PAID', 'EXPIRED'].includes(status) ? status : 'FAILED',
    amount: Number(toRupiah(invoice.paidAmount ?? invoice.amount)),
    payload: invoice.raw,
  })
}
