import { randomBytes } from 'node:crypto'
import type { Command } from 'commander'
import { createAdmin } from '../../../systems/userstate/accounts/create-admin.ts'
import { eraseUser } from '../../../systems/userstate/privacy/erase-user.ts'
import { changeUser } from '../../../systems/userstate/staff/users.ts'
import { Refusal } from '../refusal.ts'
import { operator, withWallets } from './operator.ts'

export function peopleCommands(userstate: Command): void {
  userstate
    .command('create-admin <username>')
    .description('an admin; somebody who is there already is made one')
    .option('--email <address>', 'for somebody new')
    .action(async (username: string, { email }: { email?: string }) => {
      const password = `${randomBytes(12).toString('base64url')}-7a`
      await withWallets(async (db) => {
        const isNew = await createAdmin(db, operator, { username, password, ...(email ? { email } : {}) })
        console.log(
          isNew ? `${password}\nKeep it now: it cannot be shown again.` : `${username} is an admin now.`,
        )
      })
    })

  userstate
    .command('disable <username>')
    .description('shut somebody out at once; what is theirs stays, and an admin opens the account again')
    .action(async (username: string) => {
      await withWallets((db) => changeUser({ db }, operator, username, { disabled: true }))
      console.log(`${username} is disabled and signed out everywhere`)
    })

  userstate
    .command('erase <username>')
    .description('remove what tells who somebody is; nobody can take it back')
    .requiredOption('--confirm <username>', 'the same name once more')
    .action(async (username: string, { confirm }: { confirm: string }) => {
      if (confirm !== username) throw new Refusal('--confirm takes the name of who is erased')
      await withWallets((db) => eraseUser({ db }, operator, username))
      console.log(`${username} is erased`)
    })
}
