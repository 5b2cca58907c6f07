/** What the run says in the end. */
import type { Caught } from './mutations.ts'
import type { TortureReport } from './torture.ts'

const LOST = new Set(['lost', 'money lost', 'not delivered'])
const DOUBLED = new Set(['doubled', 'sold twice', 'money made up', 'idempotency', 'deliveries', 'voucher'])

export function tell(report: TortureReport, seed: string): string {
  const list = (counts: ReadonlyMap<string, number>) =>
    [...counts].map(([name, times]) => `${name} ${times}`).join(', ') || 'none'
  const count = (names: ReadonlySet<string>) =>
    report.violations.filter(({ oracle }) => names.has(oracle)).length
  const { tally } = report
  const times = report.recoveriesMs.toSorted((a, b) => a - b)
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0
  const violations = report.violations.slice(0, 40).map(({ oracle, detail }) => `  ${oracle}: ${detail}`)
  return `
seed            ${seed}
rounds          ${report.rounds}
operations      ${tally.asked}: ${tally.acknowledged} acknowledged, ${tally.refused} refused
unknown         ${list(tally.unknown)}; ${tally.resolved} operations resolved by asking again
${report.businesses.map((line) => `                ${line}`).join('\n')}
faults          ${list(report.faults)}
recovery        ${times.length} kills: min ${at(0)} ms, median ${at(0.5)} ms, max ${at(1)} ms
lost            ${count(LOST)}
doubled         ${count(DOUBLED)}
stuck           ${report.violations.filter(({ oracle }) => oracle === 'stuck').length}
violations      ${report.violations.length}
${violations.join('\n')}${report.kept === undefined ? '' : `\nkept: ${report.kept}`}`
}

/** A table for the docs: which bug was caught by what. */
export function tellMutations(results: readonly Caught[]): string {
  const rows = results.map(
    ({ name, oracles, example, seconds }) =>
      `| ${name} | ${oracles.length > 0 ? oracles.join(', ') : '**escaped**'} | ${example.replaceAll('|', '/').slice(0, 110)} | ${seconds} s |`,
  )
  const escaped = results.filter(({ oracles }) => oracles.length === 0).length
  return [
    '',
    '| planted bug | caught by | first seen as | after |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
    `${results.length} bugs planted, ${results.length - escaped} caught, ${escaped} escaped`,
  ].join('\n')
}
