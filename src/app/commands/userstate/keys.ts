import type { Command } from 'commander'
import { createKey, revokeKey } from '../../../systems/userstate/services/api-keys.ts'
import { daysOption } from '../options.ts'
import { json } from '../output.ts'
import { operator, withWallets } from './operator.ts'

interface KeyOptions {
  readonly scopes: string
  readonly days?: number
  readonly json?: boolean
}

export function keyCommands(userstate: Command): void {
  userstate
    .command('create-key <holder>')
    .description('a key of a service, which signs in by HTTP Basic with holder:key; it is shown once')
    .option('--scopes <list>', 'what it may do, commas between: service,payments:charge', 'service')
    .option('--days <n>', 'how long it is valid; without it, until revoked', daysOption)
    .option('--json', 'for scripts')
    .action(async (holder: string, { scopes, days, json: asJson }: KeyOptions) => {
      await withWallets(async (db) => {
        const { keyId, apikey } = await createKey({ db }, operator, {
          holder,
          scopes: scopes.split(',').map((scope) => scope.trim()),
          ...(days === undefined ? {} : { expiresAt: new Date(Date.now() + days * 86_400_000) }),
        })
        console.log(
          asJson
            ? json({ key_id: keyId, holder, apikey })
            : `${apikey}\nIts id is ${keyId}. Keep the key now: it cannot be shown again.\n` +
                // With the key in it, the line would stay in the shell's history and stand in the list of processes.
                `Sign in by HTTP Basic; this asks for the key: curl -u '${holder}' https://<host>/userstate/v1/…`,
        )
      })
    })

  userstate
    .command('revoke-key <id>')
    .description('end a key at once')
    .action(async (id: string) => {
      await withWallets((db) => revokeKey({ db }, operator, id))
      console.log('revoked')
    })
}
