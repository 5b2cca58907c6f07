import type { Command } from 'commander'
import { walletDatabase } from '../../../systems/userstate/databases.ts'
import { closeOpeningHold } from '../../../systems/userstate/finance/opening-hold.ts'
import { compareBooks } from '../../../systems/userstate/finance/reconciliation.ts'
import { rowsOf } from '../../databases.ts'
import { Refusal } from '../refusal.ts'
import { printViolations } from '../violations.ts'
import { operator, withWallets } from './operator.ts'

export function bookCommands(userstate: Command): void {
  userstate
    .command('check')
    .description(
      'the ledger, and the tables beside it: balances, points by their mutations, paid rows; exit code 1 for a finding',
    )
    .option('--json', 'for scripts')
    .action(async (options: { json?: boolean }) => {
      const found = await rowsOf('ledger', walletDatabase.name, compareBooks)
      printViolations(found, 'The books agree: no violation.', options.json)
    })

  userstate
    .command('opening-hold <username>')
    .description('end what an imported wallet had in transaction')
    .option('--capture', 'it was spent: it leaves the wallet')
    .option('--release', 'it was not: it can be spent again')
    .action(async (username: string, { capture, release }: { capture?: true; release?: true }) => {
      if (capture === release) throw new Refusal('say one of --capture and --release')
      const how = capture ? 'capture' : 'release'
      await withWallets(async (db) => {
        const left = await closeOpeningHold({ db }, operator, username, how)
        console.log(
          `${capture ? 'captured' : 'released'}; ${username} has ${left.balance}, ${left.held} of it held`,
        )
      })
    })
}
