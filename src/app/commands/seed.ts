/** `niaga seed`: idempotent upserts; running it twice changes nothing. */
import type { Command } from 'commander'
import { systemClock } from '../../kernel/clock.ts'
import { silentLog } from '../../kernel/log.ts'
import { loadConfiguration } from '../configuration.ts'
import { withSystem } from '../databases.ts'
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
        await withSystem(configuration, system, systemClock, silentLog, (context) =>
          system.seed(context, { demo: options.demo ?? false }),
        )
        console.log(`${system.name}: seeded`)
      }
    })
}
