/** `niaga start`: everything, until Ctrl-C. */
import { styleText } from 'node:util'
import type { Command } from 'commander'
import { VERSION } from '../../platform/version.ts'
import { loadConfiguration } from '../configuration.ts'

/** Stopping takes less; beyond it something hangs, and PostgreSQL recovers from an abrupt end anyway. */
const STOP_LIMIT_MS = 4_900
/** A terminal's Ctrl-C goes to npm, the launcher and us, and the two pass theirs on: so long it is one and the same. */
const SAME_SIGNAL_MS = 1_000

export function startCommand(program: Command): void {
  program
    .command('start')
    .description('start PostgreSQL, migrate, seed, and run every system on one port')
    .action(async () => {
      const started = performance.now()
      const { startHouse } = await import('../house.ts')
      const progress = progressLine()
      const house = await startHouse(loadConfiguration(), progress.say)
      progress.clear()
      const seconds = ((performance.now() - started) / 1000).toFixed(1)
      console.log(`Niaga ${VERSION} is ready (${seconds} s)\n\n  ${styleText('bold', `${house.url}/`)}\n`)
      for (const name of house.late)
        console.log(`  late  ${name}: its database does not answer; it starts when it does`)
      if (house.logFile) console.log(`  log   ${house.logFile}`)
      console.log('  stop  Ctrl-C')
      stopOnSignal(house.stop)
    })
}

function stopOnSignal(stop: () => Promise<void>): void {
  let stoppingSince: number | undefined
  // Whoever read our lines may be gone (a closed pipe); that is no reason to end badly.
  process.stdout.on('error', () => undefined)
  const onSignal = () => {
    if (stoppingSince !== undefined) {
      // A second Ctrl-C means now.
      if (performance.now() - stoppingSince > SAME_SIGNAL_MS) process.exit(1)
      return
    }
    stoppingSince = performance.now()
    console.log('\nstopping: no new work, what runs is finished')
    setTimeout(() => {
      console.error('something did not stop in time; the next start recovers')
      process.exit(1)
    }, STOP_LIMIT_MS).unref()
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error)
        process.exit(1)
      },
    )
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
}

/** One line that changes on a terminal; lines one below the other elsewhere. */
function progressLine(): { say(text: string): void; clear(): void } {
  const { isTTY } = process.stdout
  return {
    say(text) {
      process.stdout.write(isTTY ? `\r\x1b[K… ${text}` : `… ${text}\n`)
    },
    clear() {
      if (isTTY) process.stdout.write('\r\x1b[K')
    },
  }
}
