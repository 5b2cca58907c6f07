/** `niaga seed`: idempotent upserts; running it twice changes nothing. */
import type { Command } from 'commander'
import { systemClock } from '../../kernel/clock.ts'
import { silentLog } from '../../kernel/log.ts'
import { createMetrics } from '../../platform/http/metrics.ts'
import { loadConfiguration } from '../configuration.ts'
import { openAt, withDatabases } from '../databases.ts'
import { systems } from '../systems.ts'
import { Refusal } from './refusal.ts'

export function seedCommand(program: Command): void {
  program
    .command('seed')
    .description('put in what every system needs to run; with --demo also the demonstration set')
    .option('--system <name>', 'only this system')
    .option('--demo', 'products, people and balances to try things with')
    .action(async (options: { system?: string; demo?: boolean }) => {
      const chosen = systems.filter(({ name }) => options.system === undefined || name === options.system)
      if (chosen.length === 0) throw new Refusal(`there are ${systems.map(({ name }) => name).join(', ')}`)
      const configuration = loadConfiguration()
      for (const system of chosen) {
        await withDatabases(configuration, system.databases, async (located) => {
          const opened = new Map(located.map((at) => [at.manifest.name, openAt(at, systemClock, silentLog)]))
          const database = (name: string) => {
            const found = opened.get(name)
            if (!found) throw new TypeError(`${system.name} declares no database ${name}`)
            return found
          }
          const local = `http://localhost:${configuration.NIAGA_PORT}`
          const context = {
            environment: configuration.environment,
            clock: systemClock,
            log: silentLog,
            metrics: createMetrics(silentLog),
            baseUrl: local,
            publicUrl: configuration.NIAGA_PUBLIC_URL ?? local,
            database,
          }
          try {
            await system.seed(context, { demo: options.demo ?? false })
          } finally {
            await Promise.all([...opened.values()].map((db) => db.close()))
          }
        })
        console.log(`${system.name}: seeded`)
      }
    })
}
