import { profileOf } from '../accounts/profile.ts'
import { type CommandHelp, helpText, orderGuide, profileCard } from '../telegram/messages/account.ts'
import { answered, type ButtonHandler, type CommandHandler } from './handlers.ts'
import type { Turn } from './turn.ts'

/** [AKUN]: profile and balance (QuickCart, UC 13). */
export async function showAccount(turn: Turn): Promise<void> {
  turn.show(profileCard(await profileOf(turn.store, turn.user.id)))
}

export const accountButtons: readonly ButtonHandler[] = [
  { pattern: /^account:menu$/, run: answered(showAccount) },
]

/** `shown`: the commands that work for this person. */
export function helpCommands(shown: (turn: Turn) => readonly CommandHelp[]): readonly CommandHandler[] {
  return [
    {
      command: 'help',
      description: 'daftar perintah',
      run: async (turn) => turn.say(helpText(shown(turn))),
    },
    { command: 'order', description: 'cara memesan', run: async (turn) => turn.say(orderGuide()) },
  ]
}
