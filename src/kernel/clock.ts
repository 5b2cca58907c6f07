/** Time is passed in, so that "forty days later" is one line in a test and one command in a sandbox. */
export interface Clock {
  now(): Date
  /** Milliseconds this clock runs ahead of the machine's; transactions tell the database (`niaga.now()`). */
  readonly offsetMs: number
}

export const systemClock: Clock = { now: () => new Date(), offsetMs: 0 }

/** Runs with the machine's clock plus an offset that only grows. */
export class SandboxClock implements Clock {
  offsetMs = 0

  now(): Date {
    return new Date(Date.now() + this.offsetMs)
  }

  /** Moves time forward; jobs and expiries that fall due in between are for the caller to run. */
  advance(step: { days?: number; hours?: number; minutes?: number; seconds?: number; ms?: number }): void {
    const { days = 0, hours = 0, minutes = 0, seconds = 0, ms = 0 } = step
    const total = (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + ms
    if (!(total >= 0)) throw new RangeError('a clock only moves forward')
    this.offsetMs += total
  }
}
