/**
 * How long until ready, first time and later, and how much memory the idle process keeps.
 *
 *     node bench/start.ts [--runs 3]
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { residentMb, start, stop } from './lib/house.ts'
import { median } from './lib/numbers.ts'
import { publish } from './lib/report.ts'

/** Long enough for start-up garbage to be collected and the first schedules to have run. */
const IDLE_MS = 15_000

const { values: options } = parseArgs({ options: { runs: { type: 'string', default: '3' } } })
const runs = Number(options.runs)

const [first, later, memory]: [number[], number[], number[]] = [[], [], []]
for (let run = 0; run < runs; run++) {
  const data = await mkdtemp(join(tmpdir(), 'niaga-bench-start-'))
  await chmod(data, 0o755)
  const one = await timed(data)
  first.push(one.ms)
  await stop(one.child)
  const two = await timed(data)
  later.push(two.ms)
  await wait(IDLE_MS)
  memory.push(residentMb(two.child))
  await stop(two.child)
  await rm(data, { recursive: true, force: true })
}
await publish({
  name: 'start',
  title: 'Start and memory (`node bench/start.ts`)',
  settings: [
    `${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}.`,
    `${runs} runs, medians, from spawn to the line "is ready"; memory ${IDLE_MS / 1000} s after it.`,
  ],
  tables: [
    {
      head: ['what', 'measured', 'goal'],
      rows: [
        ['first start: initdb, all migrations, seeds', `${(median(first) / 1000).toFixed(1)} s`, '< 8 s'],
        ['later start', `${(median(later) / 1000).toFixed(1)} s`, '< 2 s'],
        ['resident memory, idle', `${median(memory).toFixed(0)} MB`, '< 180 MB'],
      ],
    },
  ],
})

async function timed(data: string) {
  const begun = performance.now()
  const { child } = await start({ ...process.env, NIAGA_DATA: data, NIAGA_PORT: '0' })
  return { child, ms: performance.now() - begun }
}
