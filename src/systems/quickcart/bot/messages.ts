/**
 * What a person writes: a command, a reply to a customer's message, a key of the keyboard, an answer, a product's
 * number. In that order.
 */
import type { Message } from 'grammy/types'
import { limitAction } from '../shop/limits.ts'
import { html } from '../telegram/html.ts'
import { showAccount } from './account.ts'
import { profileText } from './account-edit.ts'
import { refuseSilently, runAdminCommand } from './admin.ts'
import { broadcastText } from './broadcast.ts'
import { showAll, showCategories, showProduct } from './browse.ts'
import { voucherText } from './checkout.ts'
import { findAdminCommand, findCommand } from './commands.ts'
import { askForMessage, contactText } from './contact.ts'
import { amountText, isAmount } from './deposit.ts'
import type { TextHandler } from './handlers.ts'
import { type Label, labelOf } from './keyboards.ts'
import { rejectionText } from './refund-admin.ts'
import { answerCopy } from './staff-replies.ts'
import { onboardingText } from './start.ts'
import type { Turn } from './turn.ts'

const COMMAND = /^\/([a-z_0-9]{1,32})(?:@\w+)?(?:\s+([\s\S]*))?$/i
/** No WhatsApp number is as short, so that a product's key works in the middle of a question too. */
const PRODUCT_KEY = /^\d{1,7}$/
const DIGITS = /^\d{1,18}$/

const keys: Readonly<Record<Label, (turn: Turn) => Promise<void>>> = {
  products: showCategories,
  stock: (turn) => showAll(turn, 1, 'Stok'),
  account: showAccount,
  contact: askForMessage,
}

const answers: readonly TextHandler[] = [
  onboardingText,
  voucherText,
  amountText,
  profileText,
  rejectionText,
  contactText,
  broadcastText,
]

export async function hearMessage(turn: Turn, message: Message): Promise<void> {
  const text = message.text ?? message.caption ?? ''
  const [, name, argument = ''] = COMMAND.exec(text.trim()) ?? []
  if (name === undefined && (await answerCopy(turn, message))) return
  const label = labelOf(text)
  const isProduct = PRODUCT_KEY.test(text) && !(await isAmount(turn, Number(text)))
  if (name !== undefined || label || isProduct) turn.leaveQuestion()
  if (name !== undefined) return await runCommand(turn, name.toLowerCase(), argument, message)
  if (label) return await keys[label](turn)
  if (isProduct) return await showProduct(turn, Number(text))
  for (const answer of answers) if (await answer(turn, text, message)) return
  if (DIGITS.test(text)) return await showProduct(turn, Number(text))
  turn.say({ text: html`Aku tidak mengerti. Ketik /start untuk membuka menu.` })
}

async function runCommand(turn: Turn, name: string, argument: string, message: Message): Promise<void> {
  if (findAdminCommand(name) && turn.user.role !== 'admin') return await refuseSilently(turn, name)
  const admin = findAdminCommand(name)
  if (admin) return await runAdminCommand(turn, admin, argument.trim(), message)
  await limitAction(turn.store, turn.user.id, 'cmd')
  const command = findCommand(name)
  if (command) return await command.run(turn, argument.trim())
  turn.say({ text: html`Perintah <code>/${name}</code> tidak dikenal. Ketik /start untuk membuka menu.` })
}
