/** Topping up the balance (QuickCart, UC 12): a preset or an amount of one's own, then the QR as for an order. */
import { isDomainError } from '../../../kernel/errors.ts'
import { type Money, wholeMoney } from '../../../kernel/money.ts'
import { profileOf } from '../accounts/profile.ts'
import { productIdsInStock } from '../catalog/browse.ts'
import { pendingDepositOf } from '../deposits/find-deposit.ts'
import { placeDeposit } from '../deposits/place-deposit.ts'
import { readAmount } from '../deposits/read-amount.ts'
import { lines } from '../telegram/html.ts'
import { billAccepted, billStatus, pendingBill } from '../telegram/messages/bill.ts'
import { askAmount, depositMenu, notAnAmount } from '../telegram/messages/deposit.ts'
import { problemText } from '../telegram/messages/problems.ts'
import { answered, type ButtonHandler, type TextHandler } from './handlers.ts'
import type { Turn } from './turn.ts'

export const depositButtons: readonly ButtonHandler[] = [
  { pattern: /^deposit:start$/, run: answered(showDeposit) },
  { pattern: /^deposit:custom$/, run: answered(askForAmount) },
  {
    pattern: /^deposit:amount:(\d{1,9})$/,
    // The message's id is the key: whatever is tapped how often below it makes one deposit.
    run: answered((turn, [amount = '']) =>
      place(turn, wholeMoney('IDR', BigInt(amount)), `tg:${turn.chatId}:${turn.press?.messageId}`),
    ),
  },
]

/** The amount, where one was asked for. A wrong one is said, and another may be tried. */
export const amountText: TextHandler = async (turn, text) => {
  if (!awaitsAmount(turn)) return false
  const amount = readAmount(text)
  const again = askAmount(limits(turn))
  if (amount === undefined) {
    turn.say({ ...again, text: lines(notAnAmount(), again.text) })
    return true
  }
  try {
    await place(turn, amount, `tg:${turn.chatId}:${turn.messageId}`)
  } catch (error) {
    if (!isDomainError(error, 'amount_out_of_range')) throw error
    turn.say({ ...again, text: problemText(error) })
  }
  return true
}

/** Digits are a product's number, but here an amount; unless it is on the keyboard and too little for a deposit. */
export async function isAmount(turn: Turn, number: number): Promise<boolean> {
  if (!awaitsAmount(turn)) return false
  return (
    number >= turn.store.settings.get('deposit_min') ||
    !(await productIdsInStock(turn.store)).includes(number)
  )
}

/** Always a message of its own, so that its id stands for one deposit. */
async function showDeposit(turn: Turn): Promise<void> {
  const { store, user } = turn
  const open = await pendingDepositOf(store, user.id)
  if (open) return turn.say(pendingBill(open))
  const { balance } = await profileOf(store, user.id)
  const { min, max } = limits(turn)
  const presets = store.settings
    .get('deposit_presets')
    .map((amount) => wholeMoney('IDR', amount))
    .filter((amount) => amount >= min && amount <= max)
  turn.say(depositMenu(balance, presets))
}

async function askForAmount(turn: Turn): Promise<void> {
  turn.remember({ flow: 'deposit', state: 'awaiting_amount', context: {} })
  turn.show(askAmount(limits(turn)))
}

async function place(turn: Turn, amount: Money<'IDR'>, idempotencyKey: string): Promise<void> {
  const { store, caller, user } = turn
  try {
    const deposit = await placeDeposit(store, caller, { userId: user.id, amount, idempotencyKey })
    turn.forget()
    turn.show(deposit.status === 'pending' ? billAccepted(deposit) : billStatus(deposit))
  } catch (error) {
    const open = isDomainError(error, 'pending_deposit_exists') && (await pendingDepositOf(store, user.id))
    if (!open) throw error
    turn.forget()
    turn.show(pendingBill(open))
  }
}

function awaitsAmount({ session }: Turn): boolean {
  return session?.flow === 'deposit' && session.state === 'awaiting_amount'
}

function limits({ store }: Turn) {
  return {
    min: wholeMoney('IDR', store.settings.get('deposit_min')),
    max: wholeMoney('IDR', store.settings.get('deposit_max')),
  }
}
