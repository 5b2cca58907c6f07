/** What must not stay behind when a command is interrupted: its servers, its copies of somebody's data. */

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** The newest last. */
const open: (() => Promise<void>)[] = []
let ending: Promise<never> | undefined

/**
 * Runs `work`, then `clean`. A signal that comes meanwhile ends the process when everything that is open has been cleaned,
 * the newest first; further signals change nothing.
 */
export async function withCleanup<T>(work: () => Promise<T>, clean: () => Promise<void>): Promise<T> {
  let cleaned: Promise<void> | undefined
  const cleanOnce = () => {
    cleaned ??= clean()
    return cleaned
  }
  if (open.push(cleanOnce) === 1) for (const signal of SIGNALS) process.on(signal, end)
  try {
    return await work()
  } finally {
    // Interrupted work fails, its server being gone: nobody is told of that.
    await (ending ?? cleanOnce())
    open.splice(open.indexOf(cleanOnce), 1)
    if (open.length === 0) for (const signal of SIGNALS) process.off(signal, end)
  }
}

function end(signal: NodeJS.Signals): void {
  ending ??= cleanAndEnd(signal)
}

async function cleanAndEnd(signal: NodeJS.Signals): Promise<never> {
  // What one of them cannot clean keeps none of the others.
  for (const cleanOnce of open.toReversed()) await cleanOnce().catch(() => undefined)
  for (const one of SIGNALS) process.off(one, end)
  process.kill(process.pid, signal)
  return await new Promise<never>(() => undefined)
}
