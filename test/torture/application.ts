/** The whole house as `niaga start` runs it, with a clock that whoever started this process moves. */
import { loadConfiguration } from '../../src/app/configuration.ts'
import { startHouse } from '../../src/app/house.ts'
import { SandboxClock } from '../../src/kernel/clock.ts'

const clock = new SandboxClock()
clock.advance({ ms: Number(process.env.TORTURE_CLOCK_OFFSET_MS ?? 0) })
process.on('message', (offsetMs) => clock.advance({ ms: Math.max(0, Number(offsetMs) - clock.offsetMs) }))
// Whoever started us is gone: so are we.
process.on('disconnect', () => process.exit(1))
await startHouse(loadConfiguration(), () => undefined, clock)
