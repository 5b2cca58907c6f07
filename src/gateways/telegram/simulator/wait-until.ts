/** Waits for a condition by being told of changes, never by sleeping. */
export interface Waiting<Found> {
  /** Asked now and after every change; done once it is neither undefined nor false. */
  readonly look: () => Found | undefined | false
  /** Calls back after every change until the function it returned is called. */
  readonly subscribe: (changed: () => void) => () => void
  readonly timeoutMs: number
  /** What to say when time is up. */
  readonly failure: () => string
}

export function waitUntil<Found>({ look, subscribe, timeoutMs, failure }: Waiting<Found>): Promise<Found> {
  const { promise, resolve, reject } = Promise.withResolvers<Found>()
  const check = () => {
    try {
      const found = look()
      if (found !== undefined && found !== false) resolve(found)
    } catch (error) {
      reject(error)
    }
  }
  const unsubscribe = subscribe(check)
  const timer = setTimeout(() => reject(new Error(failure())), timeoutMs)
  check()
  return promise.finally(() => {
    unsubscribe()
    clearTimeout(timer)
  })
}
