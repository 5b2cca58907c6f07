import { type Command, Option } from 'commander'
import { readMongoUrl } from '../../../systems/userstate/configuration.ts'
import { walletDatabase } from '../../../systems/userstate/databases.ts'
import type { Collection, DocumentLogs } from '../../../systems/userstate/logs/document-logs.ts'
import { openLogs } from '../../../systems/userstate/logs/open-logs.ts'
import { cleanLogs } from '../../../systems/userstate/logs/write-log.ts'
import { loadConfiguration } from '../../configuration.ts'
import { withOpenDatabase } from '../../databases.ts'
import { daysOption, limitOption } from '../options.ts'
import { instant, json, plural, printRows } from '../output.ts'
import { Refusal } from '../refusal.ts'

const NAMES: Readonly<Record<string, Collection>> = {
  checkouts: 'xendit_checkout_logs',
  payouts: 'xendit_payout_logs',
}

interface FindOptions {
  readonly id?: string
  readonly status?: string
  readonly since?: Date
  readonly until?: Date
  readonly limit: number
  readonly json?: boolean
}

export function logCommands(userstate: Command): void {
  const logs = userstate
    .command('logs')
    .description('what the gateway said of checkouts and payouts; in MongoDB where MONGO_DB names one')
  const which = (command: Command) => command.argument('<which>', 'checkouts or payouts', collectionOf)

  which(logs.command('find'))
    .description('the newest ones, e.g. "logs find checkouts --status PAID --since 2026-01-01"')
    .option('--id <id>', 'the gateway’s own id')
    .option('--status <status>', 'as the list prints them')
    .option('--since <day>', 'made at the gateway then or later, "2026-01-01" or a whole timestamp', dateOf)
    .option('--until <day>', 'made before', dateOf)
    .option('--limit <n>', 'at most so many', limitOption, 10)
    .option('--json', 'for scripts, with the gateway’s words')
    .action(find)
  which(logs.command('stats'))
    .description('number and sum per status')
    .option('--json', 'for scripts')
    .action(stats)
  logs
    .command('clean')
    .description('delete what the gateway made before; the running house does it every night after 90 days')
    .addOption(new Option('--days <n>', 'how many days are kept').argParser(daysOption).default(90))
    .option('--json', 'for scripts')
    .action(clean)
}

async function find(collection: Collection, { json: asJson, ...query }: FindOptions): Promise<void> {
  await withLogs(async (logs) => {
    printRows(
      await logs.find(collection, query),
      {
        made: (row) => instant(row.createdAt),
        id: (row) => row.id,
        status: (row) => row.status,
        amount: (row) => row.amount,
        platform: (row) => row.platform,
        updated: (row) => instant(row.updatedAt),
      },
      asJson,
    )
  })
}

async function stats(collection: Collection, options: { json?: boolean }): Promise<void> {
  await withLogs(async (logs) => {
    printRows(
      await logs.stats(collection),
      { status: (row) => row.status, count: (row) => row.count, total: (row) => row.total },
      options.json,
    )
  })
}

async function clean({ days, json: asJson }: { days: number; json?: boolean }): Promise<void> {
  await withLogs(async (logs) => {
    const gone = await cleanLogs(logs, new Date(), days)
    if (asJson) console.log(json(gone))
    else
      for (const [name, count] of Object.entries(gone))
        console.log(`${name}: ${plural(count, 'document')} deleted`)
  })
}

async function withLogs(work: (logs: DocumentLogs) => Promise<void>): Promise<void> {
  const mongoUrl = readMongoUrl(loadConfiguration().environment)
  await withOpenDatabase('platform', walletDatabase.name, async (db) => {
    const logs = await openLogs(db, mongoUrl)
    try {
      await work(logs)
    } finally {
      await logs.close()
    }
  })
}

/** @throws Refusal */
function collectionOf(name: string): Collection {
  const collection = NAMES[name]
  if (!collection) throw new Refusal(`there are no logs of ${name}; there are checkouts and payouts`)
  return collection
}

/** @throws Refusal */
function dateOf(text: string): Date {
  const date = new Date(text)
  if (!/^\d{4}-\d\d-\d\d/.test(text) || Number.isNaN(date.getTime())) {
    throw new Refusal(`"${text}" is no date like 2026-01-01 or 2026-01-01T00:00:00Z`)
  }
  return date
}
