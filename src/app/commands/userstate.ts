/** `niaga userstate`: what an operator does from the shell, a file for each subject; secrets are printed once. */
import type { Command } from 'commander'
import { bookCommands } from './userstate/books.ts'
import { keyCommands } from './userstate/keys.ts'
import { logCommands } from './userstate/logs.ts'
import { peopleCommands } from './userstate/people.ts'
import { settingCommands } from './userstate/settings.ts'

export function userstateCommands(program: Command): void {
  const userstate = program
    .command('userstate')
    .description(
      'wallets: the first admin, keys of services, settings, closing and erasing accounts, books, logs',
    )
  peopleCommands(userstate)
  keyCommands(userstate)
  settingCommands(userstate)
  bookCommands(userstate)
  logCommands(userstate)
}
