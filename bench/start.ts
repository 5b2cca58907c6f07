/**
 * How long until ready, first time and later, and how much memory the idle process keeps.
 *
 *     node bench/start.ts [runs]
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

const MAIN = join(import.meta.dirname, '..', 'src', 'app', 'main.ts')
/** Long enough for start-up garbage to be collected and the first schedules to have run. */
const IDLE_MS = 15_000
const runs = Number(process.argv[2] ?? 3)

const first: number[] = []
const later: number[] = []
const memory: number[] = []
for (let run = 0; run < runs; run++) {
  const data = await mkdtemp(join(tmpdir(), 'niaga-bench-start-'))
  const one = await start(data)
  first.push(one.ms)
  await stop(one.child)
  const two = await start(data)
  later.push(two.ms)
  await wait(IDLE_MS)
  memory.push(residentMb(two.child))
  await stop(two.child)
  await rm(data, { recursive: true, force: true })
}
console.log(`${runs} runs, medians; from spawn to the line "is ready"`)
console.log(`first start ${(median(first) / 1000).toFixed(2)} s (initdb, all migrations, seeds)`)
console.log(`later start ${(median(later) / 1000).toFixed(2)} s`)
console.log(`idle memory ${median(memory).toFixed(0)} MB resident, ${IDLE_MS / 1000} s after ready`)

async function start(data: string): Promise<{ child: ChildProcess; ms: number }> {
  const begun = performance.now()
  const child = spawn(process.execPath, ['--max-semi-space-size=2', MAIN, 'start'], {
    env: { ...process.env, NIAGA_DATA: data, NIAGA_PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const chunk of child.stdout) {
    if (String(chunk).includes('is ready')) return { child, ms: performance.now() - begun }
  }
  throw new Error('it ended before it was ready')
}

async function stop(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  await exited
}

function residentMb({ pid }: ChildProcess): number {
  const kb = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kb) / 1024
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
