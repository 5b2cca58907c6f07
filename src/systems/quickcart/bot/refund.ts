/** /refund: which orders, how much, and asking for it (QuickCart, UC 14). */
import { quoteRefund, refundableOrders } from '../refunds/quote-refund.ts'
import { requestRefund } from '../refunds/request-refund.ts'
import { refundableList, refundOffer, refundRequested } from '../telegram/messages/refund.ts'
import { type ButtonHandler, type CommandHandler, STALE } from './handlers.ts'
import type { Turn } from './turn.ts'

export const refundCommands: readonly CommandHandler[] = [
  { command: 'refund', description: 'ajukan refund pesanan', run: refund },
  { command: 'reff', description: 'sama dengan /refund', run: refund },
]

export const refundButtons: readonly ButtonHandler[] = [
  {
    pattern: /^refund:quote:(TRX\d{8}[A-Z0-9]{6})$/,
    async run(turn, [invoice = '']) {
      turn.answerPress()
      await offer(turn, invoice)
    },
  },
  { pattern: /^refund:request:(TRX\d{8}[A-Z0-9]{6})$/, run: request },
]

async function refund(turn: Turn, argument: string): Promise<void> {
  if (argument !== '') return await offer(turn, argument.toUpperCase())
  turn.say(refundableList(await refundableOrders(turn.store, turn.user.id)))
}

async function offer(turn: Turn, invoice: string): Promise<void> {
  turn.show(refundOffer(await quoteRefund(turn.store, turn.user.id, invoice)))
}

/** Whatever is tapped how often below one offer asks once. */
async function request(turn: Turn, [invoice = '']: readonly string[]): Promise<void> {
  const { store, caller, user, chatId, press } = turn
  if (press?.messageId === undefined) return turn.answerPress(STALE)
  turn.answerPress()
  const refund = await requestRefund(store, caller, {
    userId: user.id,
    invoice,
    idempotencyKey: `tg:${chatId}:${press.messageId}`,
  })
  turn.show(refundRequested(refund))
}
