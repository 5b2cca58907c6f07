/** `niaga db`: where the databases are, how they do, and looking after them. */
import type { Command } from 'commander'
import { systemClock } from '../../kernel/clock.ts'
import { silentLog } from '../../kernel/log.ts'
import { maskedUrl } from '../../postgres/connection.ts'
import { probe } from '../../postgres/health.ts'
import { loadConfiguration } from '../configuration.ts'
import { openAt, selectManifests, withDatabases } from '../databases.ts'
import { inspectCommands } from './db-inspect.ts'
import { printRows } from './output.ts'

export function dbCommands(program: Command): void {
  const db = program.command('db').description('where the databases are, how they do, looking after them')

  db.command('url <database>')
    .description('print the connection string of a database, for psql and other tools')
    .option('--masked', 'without the password')
    .action(async (database: string, options: { masked?: boolean }) => {
      const configuration = loadConfiguration()
      await withDatabases(configuration, selectManifests(configuration, { database }), async ([at]) => {
        if (at) console.log(options.masked ? maskedUrl(at.url) : at.url)
      })
    })

  db.command('health')
    .description('reach every database and time the answer; exit code 1 where one is away')
    .option('--json', 'for scripts')
    .action(async (options: { json?: boolean }) => {
      const configuration = loadConfiguration()
      await withDatabases(configuration, selectManifests(configuration, {}), async (databases) => {
        const opened = databases.map((at) => openAt(at, systemClock, silentLog))
        const found = await Promise.all(opened.map(probe))
        await Promise.all(opened.map((database) => database.close()))
        printRows(
          found,
          {
            database: ({ name }) => name,
            status: ({ ok }) => (ok ? 'up' : 'down'),
            'latency ms': ({ latencyMs }) => latencyMs,
            server: ({ version }) => version,
            size: ({ size }) => size,
            problem: ({ problem }) => problem,
          },
          options.json,
        )
        if (found.some(({ ok }) => !ok)) process.exitCode = 1
      })
    })
  inspectCommands(db)
}
