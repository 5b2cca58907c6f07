/** What a command prints: a table for people, JSON for scripts. */
import { styleText } from 'node:util'

export type Cell = string | number | bigint | boolean | null | undefined

/** Aligned columns under a heading; numbers to the right. */
export function table(headings: readonly string[], rows: readonly (readonly Cell[])[]): string {
  if (rows.length === 0) return '(nothing)'
  const cells = rows.map((row) =>
    row.map((cell) => (cell === null || cell === undefined ? '–' : String(cell))),
  )
  const numeric = headings.map((_, i) =>
    rows.every((row) => typeof row[i] === 'number' || typeof row[i] === 'bigint'),
  )
  const widths = headings.map((heading, i) =>
    Math.max(heading.length, ...cells.map((row) => row[i]?.length ?? 0)),
  )
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => (numeric[i] ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd()
  return [styleText('bold', line(headings)), ...cells.map(line)].join('\n')
}

export function json(value: unknown): string {
  return JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? String(v) : v), 2)
}

/** Prints rows as a table, or as JSON where the command got `--json`. */
export function printRows<Row extends object>(
  rows: readonly Row[],
  columns: Readonly<Record<string, (row: Row) => Cell>>,
  asJson: boolean | undefined,
): void {
  if (asJson) console.log(json(rows))
  else
    console.log(
      table(
        Object.keys(columns),
        rows.map((row) => Object.values(columns).map((cell) => cell(row))),
      ),
    )
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}

/** 2026-11-21 13:05:09 UTC */
export function instant(date: Date | null | undefined): string {
  return date ? `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC` : '–'
}

/** "12.3 kB", "4.5 MB" */
export function size(bytes: number): string {
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(1)} kB`
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}
