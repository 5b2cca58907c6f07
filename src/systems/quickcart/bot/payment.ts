/** An order or a deposit on its way: [Status Pembayaran] and [Batalkan] (QuickCart, UC 8 and 10). */
import { isDomainError } from '../../../kernel/errors.ts'
import { cancelBill, findBill } from '../payments/bill.ts'
import { checkPayment } from '../payments/settle-payment.ts'
import { limitCheck } from '../shop/limits.ts'
import { billStatus } from '../telegram/messages/bill.ts'
import { problemText } from '../telegram/messages/problems.ts'
import type { ButtonHandler } from './handlers.ts'
import type { Turn } from './turn.ts'

export const paymentButtons: readonly ButtonHandler[] = [
  { pattern: /^payment:status:((?:TRX|DEP)\d{8}[A-Z0-9]{6})$/, run: showStatus },
  { pattern: /^payment:cancel:((?:TRX|DEP)\d{8}[A-Z0-9]{6})$/, run: cancel },
]

/** Asks the gateway; where it does not answer, what we know is shown. */
async function showStatus(turn: Turn, [invoice = '']: readonly string[]): Promise<void> {
  turn.answerPress()
  const { store, user, caller } = turn
  const viewer = { userId: user.id, isAdmin: false }
  const before = await findBill(store, invoice, viewer)
  if (before.status === 'pending') {
    await limitCheck(store, user.id, invoice)
    await ignoring('gateway_unavailable', () => checkPayment(store, caller, invoice))
  }
  turn.say(billStatus(await findBill(store, invoice, viewer)))
}

/** The cancellation itself queues the notice that replaces the QR code. */
async function cancel(turn: Turn, [invoice = '']: readonly string[]): Promise<void> {
  turn.answerPress()
  try {
    await cancelBill(turn.store, turn.caller, invoice)
  } catch (error) {
    if (!isDomainError(error, 'order_not_pending') && !isDomainError(error, 'deposit_not_pending'))
      throw error
    // A second tap: the first one has already said what there is to say.
    const bill = await findBill(turn.store, invoice, { userId: turn.user.id, isAdmin: false })
    if (bill.status !== 'cancelled') return turn.say({ text: problemText(error) })
  }
}

async function ignoring(code: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!isDomainError(error, code)) throw error
  }
}
