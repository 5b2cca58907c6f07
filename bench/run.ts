/**
 * `npm run bench`: every benchmark one after the other, the results as docs/performance.md with its plots.
 *
 *     npm run bench                      all; about two hours, half an hour of it under load
 *     npm run bench -- ledger start      only these; the page keeps what it says of the others
 *     npm run bench -- --quick           small sizes and single runs, to see that everything works; writes no page
 *     npm run bench -- --keep folder     what quickcart-sizes fills (15 GB) stays there for the next run
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Argument, Command } from 'commander'
import { drawChart } from './lib/plot.ts'
import { asMarkdown, REPORT_FILE, type Report } from './lib/report.ts'

interface Benchmark {
  readonly file: string
  /** Arguments of a run that only shows that it works. */
  readonly quick: readonly string[]
}

const BENCHMARKS: readonly Benchmark[] = [
  { file: 'ledger', quick: ['--rounds', '1', '--seconds', '1'] },
  { file: 'quickcart-orders', quick: ['--orders', '100', '--runs', '1'] },
  { file: 'quickcart-sizes', quick: ['--sizes', '1000,10000', '--users', '2000', '--runs', '1'] },
  { file: 'quickcart-race', quick: ['--people', '20', '--rounds', '1'] },
  { file: 'audit', quick: ['--rows', '2000', '--runs', '1'] },
  { file: 'userstate-money', quick: ['--payments', '50', '--topups', '50', '--logins', '10', '--runs', '1'] },
  {
    file: 'userstate-sizes',
    quick: ['--rows', '20000', '--people', '2000', '--documents', '500', '--runs', '1'],
  },
  { file: 'migrations', quick: ['--runs', '1'] },
  { file: 'start', quick: ['--runs', '1'] },
  { file: 'load', quick: ['--minutes', '1'] },
]
const DOCS = join(import.meta.dirname, '..', 'docs')
const PAGE = join(DOCS, 'performance.md')
const PLOTS = 'plots'

const command = new Command('npm run bench --')
  .description('Runs benchmarks one after the other and writes their results to docs/performance.md.')
  .addArgument(new Argument('[names...]', 'only these').choices(BENCHMARKS.map(({ file }) => file)))
  .option('--quick', 'small sizes and single runs, to see that everything works; writes no page', false)
  .option('--keep <folder>', 'what quickcart-sizes fills (15 GB) stays there for the next run')
  .parse()
const options = command.opts<{ quick: boolean; keep?: string }>()
const wanted = BENCHMARKS.filter(({ file }) => command.args.length === 0 || command.args.includes(file))

const folder = await mkdtemp(join(tmpdir(), 'niaga-bench-reports-'))
try {
  for (const [i, { file, quick }] of wanted.entries()) {
    console.error(`\n== ${file} (${i + 1} of ${wanted.length})`)
    const report = join(folder, `${file}.json`)
    const script = join(import.meta.dirname, `${file}.ts`)
    const keep = options.keep !== undefined && file === 'quickcart-sizes' ? ['--keep', options.keep] : []
    const child = spawn(process.execPath, [script, ...(options.quick ? quick : []), ...keep], {
      stdio: 'inherit',
      env: { ...process.env, [REPORT_FILE]: report },
    })
    const [code] = await once(child, 'exit')
    if (code !== 0) {
      console.error(`${file} ended with ${code}`)
      process.exitCode = 1
    }
    if (!options.quick) await write(JSON.parse(await readFile(report, 'utf8')))
  }
} finally {
  await rm(folder, { recursive: true })
}

/** Puts a report between its marks on the page; what stands around them stays. */
async function write(report: Report): Promise<void> {
  await mkdir(join(DOCS, PLOTS), { recursive: true })
  const plotOf = (chart: number) => `${PLOTS}/${report.name}-${chart + 1}.svg`
  for (const [i, chart] of (report.charts ?? []).entries()) {
    await writeFile(join(DOCS, plotOf(i)), drawChart(chart))
  }
  const marks = [`<!-- ${report.name}: begin -->`, `<!-- ${report.name}: end -->`] as const
  const page = await readFile(PAGE, 'utf8')
  const [begin, end] = marks.map((mark) => page.indexOf(mark))
  if (begin === undefined || end === undefined || begin < 0 || end < begin) {
    throw new Error(`${PAGE} has no place for ${report.name}: ${marks.join(' … ')}`)
  }
  const text = `${marks[0]}\n${asMarkdown(report, plotOf)}\n\nMeasured on ${new Date().toISOString().slice(0, 10)}.\n\n`
  await writeFile(PAGE, page.slice(0, begin) + text + page.slice(end))
}
