/** `niaga userstate`: what an operator does from the shell; secrets are printed once. */
import { randomBytes } from 'node:crypto'
import type { Command } from 'commander'
import { type Caller, systemCaller } from '../../kernel/caller.ts'
import type { Database } from '../../postgres/database.ts'
import { createAdmin } from '../../systems/userstate/accounts/create-admin.ts'
import { walletDatabase } from '../../systems/userstate/databases.ts'
import { eraseUser } from '../../systems/userstate/privacy/erase-user.ts'
import { createKey, revokeKey } from '../../systems/userstate/services/api-keys.ts'
import { withOpenDatabase } from '../databases.ts'
import { Refusal } from './refusal.ts'

const caller: Caller = { ...systemCaller, correlationId: 'cli' }

export function userstateCommands(program: Command): void {
  const userstate = program
    .command('userstate')
    .description('wallets: the first admin, keys of services, erasure')
  const withWallets = (work: (db: Database) => Promise<void>) =>
    withOpenDatabase('platform', walletDatabase.name, work)

  userstate
    .command('create-admin <username>')
    .description('an admin; somebody who is there already is made one')
    .option('--email <address>', 'for somebody new')
    .action(async (username: string, { email }: { email?: string }) => {
      const password = `${randomBytes(12).toString('base64url')}-7a`
      await withWallets(async (db) => {
        const isNew = await createAdmin(db, caller, { username, password, ...(email ? { email } : {}) })
        console.log(
          isNew ? `${password}\nKeep it now: it cannot be shown again.` : `${username} is an admin now.`,
        )
      })
    })

  userstate
    .command('create-key <holder>')
    .description('a key of a service; it is shown once')
    .option('--scopes <list>', 'what it may do, commas between: service,payments:charge', 'service')
    .option('--days <n>', 'how long it is valid; without it, until revoked')
    .action(async (holder: string, options: { scopes: string; days?: string }) => {
      const scopes = options.scopes.split(',').map((scope) => scope.trim())
      const days = options.days === undefined ? undefined : Number(options.days)
      if (days !== undefined && !(days > 0)) throw new Refusal('--days takes a number above 0')
      await withWallets(async (db) => {
        const { keyId, apikey } = await createKey({ db }, caller, {
          holder,
          scopes,
          ...(days === undefined ? {} : { expiresAt: new Date(Date.now() + days * 86_400_000) }),
        })
        console.log(`${apikey}\nIts id is ${keyId}. Keep the key now: it cannot be shown again.`)
      })
    })

  userstate
    .command('revoke-key <id>')
    .description('end a key at once')
    .action(async (id: string) => {
      await withWallets((db) => revokeKey({ db }, caller, id))
      console.log('revoked')
    })

  userstate
    .command('erase <username>')
    .description('remove what tells who somebody is; nobody can take it back')
    .requiredOption('--confirm <username>', 'the same name once more')
    .action(async (username: string, { confirm }: { confirm: string }) => {
      if (confirm !== username) throw new Refusal('--confirm takes the name of who is erased')
      await withWallets((db) => eraseUser({ db }, caller, username))
      console.log(`${username} is erased`)
    })
}
