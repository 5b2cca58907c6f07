/** What a benchmark found: printed as Markdown, and handed to `npm run bench` where that asked for it. */
import { writeFile } from 'node:fs/promises'
import { table } from './numbers.ts'
import type { Chart } from './plot.ts'

export interface Report {
  /** The file that measured it: "ledger". Names its plots too. */
  readonly name: string
  readonly title: string
  /** How it was measured: sizes, connections, runs. One sentence each. */
  readonly settings: readonly string[]
  readonly tables: readonly Table[]
  readonly charts?: readonly Chart[]
}

export interface Table {
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** The variable that names the file for the report as JSON. */
export const REPORT_FILE = 'NIAGA_BENCH_REPORT'

export async function publish(report: Report): Promise<void> {
  console.log(asMarkdown(report))
  const file = process.env[REPORT_FILE]
  if (file !== undefined) await writeFile(file, JSON.stringify(report))
}

/** `plotOf`: where the chart with that number was drawn; charts are left out without it. */
export function asMarkdown(report: Report, plotOf?: (chart: number) => string): string {
  const { title, settings, tables, charts = [] } = report
  return [
    `## ${title}`,
    settings.join(' '),
    ...tables.map(({ head, rows }) => table(head, rows)),
    ...(plotOf ? charts.map((chart, i) => `![${chart.title}](${plotOf(i)})`) : []),
  ].join('\n\n')
}
