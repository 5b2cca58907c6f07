/**
 * `npm run fuzz`: hostile and random requests against a running shop.
 *
 *     npm run fuzz -- --seconds 60 --seed 7      repeat a run
 *     npm run fuzz -- --seed 7 --only 1234       send one request of it again and show the answer
 */
import { Command } from 'commander'
import { secondsOption } from '../seconds-option.ts'
import { fuzz } from './fuzz.ts'

const command = new Command('npm run fuzz --')
  .description(
    'Hostile and random requests against the running application; whatever answers wrongly is a finding.',
  )
  .option('--seed <seed>', 'repeats a run; another one each time where it is absent')
  .option('--seconds <n>', 'how long', secondsOption, 60)
  .option('--only <n>', 'sends one request of that seed again and shows the answer', Number)
  .parse()
const values = command.opts<{ seed?: string; seconds: number; only?: number }>()
const seed = values.seed ?? String(Date.now() % 1_000_000)
console.log(`seed ${seed}`)
const report = await fuzz({
  seed,
  seconds: values.seconds,
  ...(values.only === undefined ? {} : { only: values.only }),
  say: console.log,
})
for (const { finding, times, reproduce } of report.findings) {
  console.log(`\n${finding.oracle} (${times}x) ${finding.detail}\n    ${reproduce}`)
}
const statuses = Object.entries(report.statuses).map(([family, times]) => `${family} ${times}`)
console.log(`
${report.requests} requests to ${report.operations} operations: ${statuses.sort().join(', ')}
${report.compared} batches were refused whole, and the databases compared; ${report.notCompared} met the shop's own work
slowest answer of /health/live ${report.slowestProbeMs} ms
${report.findings.length} findings (seed ${seed})`)
process.exitCode = report.findings.length === 0 ? 0 : 1
