/** `niaga keys`: API keys of services. */
import type { Command } from 'commander'
import { type Caller, systemCaller } from '../../kernel/caller.ts'
import { createApiKey, listApiKeys, revokeApiKey } from '../../platform/access/api-keys.ts'
import { inTransaction } from '../../postgres/transaction.ts'
import { rowsOf, withOpenDatabase } from '../databases.ts'
import { daysOption } from './options.ts'
import { instant, json, printRows } from './output.ts'

const caller: Caller = { ...systemCaller, correlationId: 'cli' }

export function keysCommands(program: Command): void {
  const keys = program.command('keys').description('API keys of services')
  const add = (name: string, about: string) =>
    keys
      .command(name)
      .description(about)
      .requiredOption('--database <name>', 'the database whose API the key opens, e.g. db_store1')

  add('create <name>', 'make a key; it is shown once')
    .requiredOption('--scopes <list>', 'what it may do, commas between: reporting,ops')
    .option('--days <n>', 'how long it is valid; without it, until revoked', daysOption)
    .option('--json', 'for scripts')
    .action(
      async (name: string, options: { database: string; scopes: string; days?: number; json?: boolean }) => {
        const scopes = options.scopes.split(',').map((scope) => scope.trim())
        const { days } = options
        await withOpenDatabase('platform', options.database, async (db) => {
          const expiresAt = days === undefined ? {} : { expiresAt: new Date(Date.now() + days * 86_400_000) }
          const made = await inTransaction(db, caller, (tx) =>
            createApiKey(tx, { name, scopes, ...expiresAt }),
          )
          console.log(options.json ? json(made) : `${made.key}\nKeep it now: it cannot be shown again.`)
        })
      },
    )

  keys
    .command('list')
    .description('all keys, without their secret')
    .option('--database <name>', 'only this database, e.g. db_store1')
    .option('--json', 'for scripts')
    .action(async (options: { database?: string; json?: boolean }) => {
      printRows(
        await rowsOf('platform', options.database, listApiKeys),
        {
          database: (key) => key.database,
          id: (key) => key.id,
          name: (key) => key.name,
          prefix: (key) => key.prefix,
          scopes: (key) => key.scopes.join(', '),
          expires: (key) => instant(key.expires_at),
          'last used': (key) => instant(key.last_used_at),
          revoked: (key) => instant(key.revoked_at),
        },
        options.json,
      )
    })

  add('revoke <id>', 'end a key at once').action(async (id: string, options: { database: string }) => {
    await withOpenDatabase('platform', options.database, (db) =>
      inTransaction(db, caller, (tx) => revokeApiKey(tx, id)),
    )
    console.log('revoked')
  })
}
