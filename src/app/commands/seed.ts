/** `niaga seed`: idempotent upserts; running it twice changes nothing. */
import type { Command } from 'commander'
import { systemClock } from '../../kernel/clock.ts'
import { silentLog } from '../../kernel/log.ts'
import { loadConfiguration } from '../configuration.ts'
import { selectSystems, withSystem } from '../databases.ts'

export function seedCommand(program: Command): void {
  program
    .command('seed')
    .description('put in what every system needs to run; with --demo also the demonstration set')
    .option('--system <name>', 'only this system')
    .option('--demo', 'products, people and balances to try things with')
    .action(async (options: { system?: string; demo?: boolean }) => {
      const configuration = loadConfiguration()
      for (const system of selectSystems(configuration, options.system)) {
        await withSystem(configuration, system, systemClock, silentLog, (context) =>
          system.seed(context, { demo: options.demo ?? false }),
        )
        console.log(`${system.name}: seeded`)
      }
    })
}
