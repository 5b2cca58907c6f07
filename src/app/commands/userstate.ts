/** `niaga userstate`: what an operator does from the shell, a file for each subject; secrets are printed once. */
import type { Command } from 'commander'
import { keyCommands } from './userstate/keys.ts'
import { peopleCommands } from './userstate/people.ts'
import { settingCommands } from './userstate/settings.ts'

export function userstateCommands(program: Command): void {
  const userstate = program
    .command('userstate')
    .description('wallets: the first admin, keys of services, settings, closing and erasing accounts')
  peopleCommands(userstate)
  keyCommands(userstate)
  settingCommands(userstate)
}
