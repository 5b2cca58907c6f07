/**
 * `npm run torture`: people shop while processes are killed, connections cut and parties fail; then everything is
 * compared with what they were promised.
 *
 *     npm run torture -- --seconds 60 --seed 7
 *     npm run torture -- --faults 'kill PostgreSQL,lose commits' --stories 'order by QRIS,deposit'
 *     npm run torture -- --mutations [--only voucher]     plants known bugs, and must catch each
 */
import { join } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { secondsOption } from '../seconds-option.ts'
import { FAULTS, type FaultName } from './faults.ts'
import { runMutations } from './mutations.ts'
import { tell, tellMutations } from './report.ts'
import { torture } from './torture.ts'

const all = Object.keys(FAULTS) as FaultName[]
const command = new Command('npm run torture --')
  .description(
    'People buy and pay while processes die and parties fail; then everything is compared with what they were promised.',
  )
  .option('--seed <seed>', 'repeats a run; another one each time where it is absent')
  .option('--seconds <n>', 'how long', secondsOption, 600)
  .option('--faults <names>', `only these: ${all.join(', ')}`, faultsOption)
  .option('--stories <names>', 'what people do, where not everything', namesOption)
  .option('--mutations', 'plants known bugs, one after the other, and must catch each', false)
  .option('--only <word>', 'only mutations with this in their name')
  .parse()
const values = command.opts<{
  seed?: string
  seconds: number
  faults?: FaultName[]
  stories?: string[]
  mutations: boolean
  only?: string
}>()
const seed = values.seed ?? String(Date.now() % 1_000_000)
console.log(`seed ${seed}`)
if (values.mutations) {
  const results = await runMutations(seed, values.only, console.log)
  console.log(tellMutations(results))
  process.exit(results.every(({ oracles }) => oracles.length > 0) ? 0 : 1)
}
const report = await torture({
  seed,
  seconds: values.seconds,
  faults: values.faults ?? all,
  ...(values.stories === undefined ? {} : { stories: values.stories }),
  root: join(import.meta.dirname, '..', '..'),
  say: console.log,
})
console.log(tell(report, seed))
process.exit(report.violations.length === 0 ? 0 : 1)

function namesOption(text: string): string[] {
  return text.split(',').map((name) => name.trim())
}

function faultsOption(text: string): FaultName[] {
  const named = namesOption(text)
  const unknown = named.filter((name) => !all.some((known) => known === name))
  if (unknown.length > 0) throw new InvalidArgumentError(`No such fault: ${unknown.join(', ')}.`)
  return all.filter((name) => named.includes(name))
}
