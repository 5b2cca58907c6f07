/** People from the chat (QuickCart, §7.3). */
import { profileOf } from '../accounts/profile.ts'
import { userCard } from '../telegram/messages/account.ts'
import { readUserId } from './admin-arguments.ts'
import type { AdminCommand } from './handlers.ts'

export const peopleCommands: readonly AdminCommand[] = [
  {
    command: 'info',
    description: 'data seorang pengguna',
    syntax: '/info id_pengguna',
    example: '/info 100000001',
    read(argument) {
      const id = readUserId(argument)
      if (id === undefined) return undefined
      return {
        targetUser: id,
        arguments: '',
        run: async ({ store }) => userCard(await profileOf(store, id)),
      }
    },
  },
]
