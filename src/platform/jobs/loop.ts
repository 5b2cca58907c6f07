/** Work that repeats for as long as the process runs: relays, sweeps, schedules. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Log } from '../../kernel/log.ts'

export interface Loop {
  /** Runs again at once, or right after the run that is under way. */
  wake(): void
  /** Starts no further run and waits for the one under way. */
  stop(): Promise<void>
}

const LONGEST_PAUSE_MS = 30_000

/**
 * Runs `work` now, then `everyMs` after each end, or at a `wake`. A run that fails is logged, and the pause
 * doubles (to 30 s at most, and deaf to wakes) until one succeeds.
 */
export function startLoop(
  name: string,
  everyMs: number,
  log: Log,
  work: (signal: AbortSignal) => Promise<unknown>,
): Loop {
  const stopping = new AbortController()
  let woken = Promise.withResolvers<void>()
  let failures = 0

  async function pause(): Promise<void> {
    const ms = failures === 0 ? everyMs : Math.min(Math.max(everyMs, 100) * 2 ** failures, LONGEST_PAUSE_MS)
    const timer = new AbortController()
    const elapsed = wait(ms, undefined, { signal: AbortSignal.any([stopping.signal, timer.signal]) })
    // Rejected only by our own signals: the pause is over, which is all that is asked.
    await Promise.race([elapsed.catch(() => undefined), ...(failures === 0 ? [woken.promise] : [])])
    timer.abort()
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      woken = Promise.withResolvers()
      try {
        await work(stopping.signal)
        if (failures > 0) log.info({ loop: name, failures }, 'works again')
        failures = 0
      } catch (error) {
        failures++
        log.warn({ loop: name, failures, error: String(error) }, 'failed and will try again')
      }
      await pause()
    }
  }

  const running = run()
  return {
    wake: () => woken.resolve(),
    async stop() {
      stopping.abort()
      await running
    },
  }
}
