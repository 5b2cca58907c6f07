/**
 * `npm run fuzz`: hostile and random requests against a running shop.
 *
 *     npm run fuzz -- --seconds 60 --seed 7      repeat a run
 *     npm run fuzz -- --seed 7 --only 1234       send one request of it again and show the answer
 */
import { parseArgs } from 'node:util'
import { fuzz } from './fuzz.ts'

const { values } = parseArgs({
  options: { seed: { type: 'string' }, seconds: { type: 'string', default: '60' }, only: { type: 'string' } },
})
const seed = values.seed ?? String(Date.now() % 1_000_000)
console.log(`seed ${seed}`)
const report = await fuzz({
  seed,
  seconds: Number(values.seconds),
  ...(values.only === undefined ? {} : { only: Number(values.only) }),
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
