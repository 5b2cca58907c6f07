/** /mydata and /deleteaccount (QuickCart, UC 21 and §12). */
import { isDomainError } from '../../../kernel/errors.ts'
import { parseMoney } from '../../../kernel/money.ts'
import { profileOf } from '../accounts/profile.ts'
import { eraseUser } from '../privacy/erase-user.ts'
import { requestExport } from '../privacy/request-export.ts'
import { confirmErasure, erased, erasureCancelled, exportBegun } from '../telegram/messages/privacy.ts'
import { type ButtonHandler, type CommandHandler, STALE } from './handlers.ts'
import type { Turn } from './turn.ts'

export const privacyCommands: readonly CommandHandler[] = [
  {
    command: 'mydata',
    description: 'unduh semua data kamu',
    async run(turn) {
      await requestExport(turn.store, turn.caller, { userId: turn.user.id, toChat: true })
      turn.say(exportBegun())
    },
  },
  { command: 'deleteaccount', description: 'hapus akun kamu', run: askErasure },
]

export const privacyButtons: readonly ButtonHandler[] = [
  { pattern: /^privacy:confirm:(\d{1,13}\.\d{2})$/, run: erase },
  {
    pattern: /^privacy:cancel$/,
    async run(turn) {
      turn.answerPress()
      turn.forget()
      turn.show(erasureCancelled())
    },
  },
]

async function askErasure(turn: Turn): Promise<void> {
  const { balance } = await profileOf(turn.store, turn.user.id)
  turn.remember({ flow: 'privacy', state: 'confirming', context: {} })
  turn.show(confirmErasure(balance))
}

/** Only right after the question: a button that somebody finds months later erases nobody. */
async function erase(turn: Turn, [shown = '']: readonly string[]): Promise<void> {
  const { session, store, caller, user } = turn
  if (session?.state !== 'confirming') return turn.answerPress(STALE)
  turn.answerPress()
  try {
    await eraseUser(store, caller, { userId: user.id, forfeit: parseMoney('IDR', shown) })
    turn.forget()
    turn.say(erased())
  } catch (error) {
    if (!isDomainError(error, 'balance_not_zero')) throw error
    await askErasure(turn)
  }
}
