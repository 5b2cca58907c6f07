/** `niaga inbox`: what outside parties sent, and processing it again. */
import type { Command } from 'commander'
import { systemCaller } from '../../kernel/caller.ts'
import { listInbox, replayInbox } from '../../platform/inbox/inbox.ts'
import { inTransaction } from '../../postgres/transaction.ts'
import { rowsOf, withOpenDatabase } from '../databases.ts'
import { eventNumber, limitOption } from './options.ts'
import { instant, printRows } from './output.ts'
import { Refusal } from './refusal.ts'

export function inboxCommands(program: Command): void {
  const inbox = program.command('inbox').description('webhooks and updates as they were received')

  inbox
    .command('list')
    .description('newest first')
    .option('--database <name>', 'only this database, e.g. db_store1')
    .option('--attention', 'only what failed, matched nothing or was never confirmed')
    .option('--limit <n>', 'at most so many of each database', limitOption, 50)
    .option('--json', 'for scripts')
    .action(async (options: { database?: string; attention?: boolean; limit: number; json?: boolean }) => {
      const { attention = false, limit } = options
      printRows(
        await rowsOf('platform', options.database, (db) => listInbox(db, { attention, limit })),
        {
          database: (event) => event.database,
          id: (event) => event.id,
          source: (event) => event.source,
          event: (event) => event.event_id,
          status: (event) => event.status,
          received: (event) => instant(event.received_at),
          tries: (event) => event.attempts,
          'last error': (event) => event.last_error?.slice(0, 80),
        },
        options.json,
      )
    })

  inbox
    .command('replay <id>')
    .description('process an event again from the start; what it already did is not done twice')
    .requiredOption('--database <name>', 'whose inbox, e.g. db_store1')
    .action(async (text: string, options: { database: string }) => {
      const id = eventNumber(text)
      await withOpenDatabase('platform', options.database, async (db) => {
        const replayed = await inTransaction(db, { ...systemCaller, correlationId: 'cli' }, (tx) =>
          replayInbox(tx, id),
        )
        if (!replayed) throw new Refusal(`event ${id} is not there, or is still being processed`)
        console.log(`event ${id} will be processed again`)
      })
    })
}
