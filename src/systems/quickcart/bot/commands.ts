/** Every command that works: routed by messages.ts, listed by /help and by Telegram's command menu. */
import { helpCommands } from './account.ts'
import { browseCommands } from './browse.ts'
import { catalogCommands } from './catalog-admin.ts'
import type { AdminCommand, CommandHandler } from './handlers.ts'
import { messageCommands } from './message-admin.ts'
import { peopleCommands } from './people-admin.ts'
import { priceCommands } from './price-admin.ts'
import { privacyCommands } from './privacy.ts'
import { refundCommands } from './refund.ts'
import { refundAdminCommands } from './refund-admin.ts'
import { startCommands } from './start.ts'
import { stockCommands } from './stock-admin.ts'
import { versionCommands } from './version.ts'

export const publicCommands: readonly CommandHandler[] = [
  ...startCommands,
  ...browseCommands,
  ...refundCommands,
  ...privacyCommands,
  ...helpCommands((turn) => (turn.user.role === 'admin' ? adminHelp() : publicCommands)),
]

/** Those of §7.3, each subject's own. */
export const adminCommands: readonly AdminCommand[] = [
  ...catalogCommands,
  ...stockCommands,
  ...priceCommands,
  ...peopleCommands,
  ...refundAdminCommands,
  ...versionCommands,
  ...messageCommands,
]

export function findCommand(name: string): CommandHandler | undefined {
  return publicCommands.find(({ command }) => command === name)
}

export function findAdminCommand(name: string): AdminCommand | undefined {
  return adminCommands.find(({ command }) => command === name)
}

/** What is listed for an admin. */
export function adminHelp(): readonly Pick<CommandHandler, 'command' | 'description'>[] {
  return [...publicCommands, ...adminCommands]
}
