import { PakasirError } from '../../../gateways/pakasir/errors.ts'
import type { Money } from '../../../kernel/money.ts'
import type { Store } from '../store.ts'

/**
 * Asks the gateway to take the QR off. It may be down or the money may just have come: whoever calls this asks
 * for the transaction's state afterwards, now or by a later poll.
 */
export async function cancelAtGateway(
  store: Store,
  payment: { readonly invoice: string; readonly amount: Money<'IDR'> },
): Promise<void> {
  try {
    await store.pakasir.cancel({ orderId: payment.invoice, amount: payment.amount })
  } catch (error) {
    if (!(error instanceof PakasirError)) throw error
    store.log.info({ invoice: payment.invoice, kind: error.kind }, 'the gateway did not cancel')
  }
}
