/** `niaga audit`: proving that nobody changed the record. */
import type { Command } from 'commander'
import { systemClock } from '../../kernel/clock.ts'
import { silentLog } from '../../kernel/log.ts'
import { loadConfiguration } from '../configuration.ts'
import { selectSystems, withSystem } from '../databases.ts'
import { printRows } from './output.ts'

export function auditCommands(program: Command): void {
  const audit = program.command('audit').description('the permanent, hash-chained record')

  audit
    .command('verify')
    .description(
      'recompute every digest, follow every link, find every anchor; exit code 1 where one is wrong',
    )
    .option('--system <name>', 'only this system')
    .option('--json', 'for scripts')
    .action(async (options: { system?: string; json?: boolean }) => {
      const configuration = loadConfiguration()
      const found = []
      for (const system of selectSystems(configuration, options.system)) {
        const outcome = await withSystem(configuration, system, systemClock, silentLog, (context) =>
          system.verifyAudit(context),
        )
        found.push({ system: system.name, ...outcome })
      }
      printRows(
        found,
        {
          system: (row) => row.system,
          chain: (row) => (row.ok ? 'whole' : 'BROKEN'),
          'rows checked': (row) => row.checked,
          'verified up to': (row) => row.verifiedUpTo,
          problem: (row) => row.problem,
          'first bad id': (row) => row.firstBadId,
        },
        options.json,
      )
      if (found.some(({ ok }) => !ok)) process.exitCode = 1
    })
}
