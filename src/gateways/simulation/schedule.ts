import type { Clock } from '../../kernel/clock.ts'

const TICK_MS = 50

/** Runs things when the given clock says so: advancing a sandbox clock makes them due at once. */
export class Schedule {
  readonly #clock: Clock
  #entries: { due: number; run: () => void }[] = []
  #timer: NodeJS.Timeout | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  after(ms: number, run: () => void): void {
    if (ms <= 0) {
      run()
      return
    }
    this.#entries.push({ due: this.#clock.now().getTime() + ms, run })
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS).unref()
  }

  clear(): void {
    this.#entries = []
    this.#stop()
  }

  #tick(): void {
    const now = this.#clock.now().getTime()
    const due = this.#entries.filter((entry) => entry.due <= now)
    this.#entries = this.#entries.filter((entry) => entry.due > now)
    for (const entry of due.toSorted((a, b) => a.due - b.due)) entry.run()
    if (this.#entries.length === 0) this.#stop()
  }

  #stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}
