import { SandboxClock } from '../src/kernel/clock.ts'

/** A clock that only `advance` moves, for tests that count seconds exactly however slow the machine is. */
export class StillClock extends SandboxClock {
  override now(): Date {
    return new Date(1_767_225_600_000 + this.offsetMs)
  }
}
