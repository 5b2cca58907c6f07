/**
 * `npm run torture`: people shop while processes are killed, connections cut and parties fail; then everything is
 * compared with what they were promised.
 *
 *     npm run torture -- --seconds 60 --seed 7
 *     npm run torture -- --faults 'kill PostgreSQL,lose commits' --stories 'order by QRIS,deposit'
 *     npm run torture -- --mutations [--only voucher]     plants known bugs, and must catch each
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { FAULTS, type FaultName } from './faults.ts'
import { runMutations } from './mutations.ts'
import { tell, tellMutations } from './report.ts'
import { torture } from './torture.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seconds: { type: 'string', default: '600' },
    faults: { type: 'string' },
    stories: { type: 'string' },
    mutations: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
})
const seed = values.seed ?? String(Date.now() % 1_000_000)
const all = Object.keys(FAULTS) as FaultName[]
const named = values.faults?.split(',').map((name) => name.trim())
const unknown = named?.filter((name) => !all.some((known) => known === name)) ?? []
if (unknown.length > 0) {
  console.error(`no such fault: ${unknown.join(', ')}\nthere are: ${all.join(', ')}`)
  process.exit(2)
}
console.log(`seed ${seed}`)
if (values.mutations) {
  const results = await runMutations(seed, values.only, console.log)
  console.log(tellMutations(results))
  process.exit(results.every(({ oracles }) => oracles.length > 0) ? 0 : 1)
}
const report = await torture({
  seed,
  seconds: Number(values.seconds),
  faults: named === undefined ? all : all.filter((name) => named.includes(name)),
  ...(values.stories === undefined ? {} : { stories: values.stories.split(',').map((name) => name.trim()) }),
  root: join(import.meta.dirname, '..', '..'),
  say: console.log,
})
console.log(tell(report, seed))
process.exit(report.violations.length === 0 ? 0 : 1)
