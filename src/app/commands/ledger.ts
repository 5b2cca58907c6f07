/** `niaga ledger`: what every account holds, how it came to that, and whether it all adds up. */
import type { Command } from 'commander'
import { verify } from '../../ledger/ledger.ts'
import { sql } from '../../postgres/sql.ts'
import { rowsOf, withOpenDatabase } from '../databases.ts'
import { limitOption } from './options.ts'
import { instant, printRows } from './output.ts'
import { Refusal } from './refusal.ts'
import { printViolations } from './violations.ts'

interface BalanceRow {
  readonly name: string
  readonly unit: string
  readonly balance: string
  readonly held: string
  readonly available: string
}

interface EntryRow {
  readonly seq: bigint
  readonly posted_at: Date
  readonly reference: string
  readonly kind: string
  readonly counterpart: string
  readonly amount: string
  readonly balance: string
}

export function ledgerCommands(program: Command): void {
  const ledger = program.command('ledger').description('the double-entry ledger of each database')
  const add = (name: string, about: string) =>
    ledger
      .command(name)
      .description(about)
      .requiredOption('--database <name>', 'whose ledger, e.g. db_store1')
      .option('--json', 'for scripts')

  ledger
    .command('verify')
    .description('list everything that contradicts itself; empty and exit code 0 in health')
    .option('--database <name>', 'only this ledger, e.g. db_store1')
    .option('--json', 'for scripts')
    .action(async (options: { database?: string; json?: boolean }) => {
      const violations = await rowsOf('ledger', options.database, verify)
      printViolations(violations, 'The ledger adds up: no violation.', options.json)
    })

  add('balance [account]', 'one account, or all that ever moved')
    .option('--limit <n>', 'at most so many accounts', limitOption, 200)
    .action(
      async (account: string | undefined, options: { database: string; limit: number; json?: boolean }) => {
        await withOpenDatabase('ledger', options.database, async (db) => {
          const rows = await db.many<BalanceRow>(sql`
          select name, unit, ledger.decimal(balance, unit)::text as balance, ledger.decimal(held, unit)::text as held,
            ledger.decimal(balance - held, unit)::text as available
          from ledger.account_balance
          where ${account ?? null}::text is null or name = ${account ?? null}
          order by name limit ${options.limit}`)
          if (account !== undefined && rows.length === 0) throw new Refusal(`there is no account ${account}`)
          printRows(
            rows,
            {
              account: (row) => row.name,
              unit: (row) => row.unit,
              balance: (row) => row.balance,
              held: (row) => row.held,
              available: (row) => row.available,
            },
            options.json,
          )
        })
      },
    )

  add('statement <account>', 'its newest entries with the balance after each')
    .option('--limit <n>', 'at most so many', limitOption, 50)
    .action(async (account: string, options: { database: string; limit: number; json?: boolean }) => {
      await withOpenDatabase('ledger', options.database, async (db) => {
        const rows = await db.many<EntryRow>(sql`
          select s.seq, s.posted_at, s.reference, s.kind, s.counterpart,
            ledger.decimal(s.amount, a.unit)::text as amount, ledger.decimal(s.balance, a.unit)::text as balance
          from ledger.account a, ledger.statement(a.name, ${options.limit}) s
          where a.name = ${account} order by s.seq desc`)
        printRows(
          rows,
          {
            when: (row) => instant(row.posted_at),
            reference: (row) => row.reference,
            kind: (row) => row.kind,
            counterpart: (row) => row.counterpart,
            amount: (row) => row.amount,
            balance: (row) => row.balance,
          },
          options.json,
        )
      })
    })
}
