/**
 * Looks through migration files for what would lock or break a live table.
 *
 *     -- niaga:accept rewrite because the table has one row
 *
 * before a statement accepts what that rule says of it, before "migrate:up" of the whole file; the reason is for the next reader. One that accepts nothing is
 * itself a finding.
 */
import { readFile } from 'node:fs/promises'
import type { SqlComponent } from '../manifest.ts'
import { readComponent } from '../migrate/files.ts'
import { lineOfError, type Statement, statementsOf } from './parse.ts'
import { nameOf, problemsOf } from './rules.ts'

export interface Finding {
  readonly path: string
  readonly line: number
  readonly rule: string
  readonly text: string
}

/** Everything that stands against the files of a component. */
export async function lintComponent(component: SqlComponent): Promise<Finding[]> {
  const { migrations, functions } = await readComponent(component)
  const found: Finding[] = []
  for (const { path, transaction } of migrations) {
    found.push(...(await lintMigration(path, await text(path), transaction)))
  }
  for (const { path, sql } of functions.values()) {
    found.push(...(await parsed(path, sql, 0)).problems)
  }
  return found
}

async function text(path: string): Promise<string> {
  return (await readFile(path, 'utf8')).replaceAll('\r\n', '\n')
}

export async function lintMigration(path: string, whole: string, transaction: boolean): Promise<Finding[]> {
  const [before = '', rest = ''] = whole.split(/^-- migrate:up.*$/m)
  const [up = '', down = ''] = rest.split(/^-- migrate:down.*$/m)
  const first = before.split('\n').length - 1
  const { statements, problems } = await parsed(path, up, first)
  const lower = await parsed(path, down, first + up.split('\n').length)
  const found = [...problems, ...lower.problems]
  const all = judged(path, statements, transaction)
  if (lower.statements.length === 0 && lower.problems.length === 0 && statements.length > 0) {
    all.push({
      path,
      line: first + up.split('\n').length + 1,
      rule: 'no-down',
      text: 'nothing says how to undo it',
    })
  }
  if (!transaction && statements.length > 1) {
    all.push({
      path,
      line: statements[1]?.line ?? first,
      rule: 'several-statements',
      text: 'without a transaction a file holds one statement: half of several could stay',
    })
  }
  return [...found, ...accepted(path, whole, all, statements)]
}

async function parsed(
  path: string,
  sql: string,
  lines: number,
): Promise<{ statements: Statement[]; problems: Finding[] }> {
  try {
    const statements = (await statementsOf(sql)).map((one) => ({ ...one, line: one.line + lines }))
    return { statements, problems: [] }
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    return {
      statements: [],
      problems: [{ path, line: lines + lineOfError(sql, error), rule: 'syntax', text: problem }],
    }
  }
}

function judged(path: string, statements: readonly Statement[], transaction: boolean): Finding[] {
  const made = new Set<string>()
  const added = new Set<string>()
  const isNew = (table: string) => made.has(table)
  return statements.flatMap(({ node, line }) => {
    if ('CreateStmt' in node) made.add(nameOf(node.CreateStmt.relation))
    if ('CreateTableAsStmt' in node) made.add(nameOf(node.CreateTableAsStmt.into?.rel))
    const found = problemsOf(node, { transaction, isNew, added }).map((problem) => ({
      path,
      line,
      ...problem,
    }))
    if ('AlterTableStmt' in node) {
      for (const cmd of node.AlterTableStmt.cmds ?? []) {
        const def = 'AlterTableCmd' in cmd ? cmd.AlterTableCmd.def : undefined
        if (def && 'Constraint' in def && def.Constraint.conname) added.add(def.Constraint.conname)
      }
    }
    return found
  })
}

/** Without what an annotation accepts; with the annotations that accept nothing. */
function accepted(
  path: string,
  whole: string,
  found: readonly Finding[],
  statements: readonly Statement[],
): Finding[] {
  const left = new Set(found)
  const idle: Finding[] = []
  const lines = whole.split('\n')
  const begin = lines.findIndex((line) => line.startsWith('-- migrate:up'))
  for (const [i, line] of lines.entries()) {
    const [, rule = '', reason] = /^\s*-- niaga:accept (\S+)(?: because (\S.*))?$/.exec(line) ?? []
    if (rule === '') continue
    const next = statements.find((statement) => statement.line > i + 1)?.line
    const meant = found.filter(
      (one) => one.rule === rule && (i < begin || one.line === next || rule === 'no-down'),
    )
    for (const one of meant) left.delete(one)
    if (meant.length === 0 || reason === undefined) {
      const text =
        reason === undefined
          ? `"${rule}" is accepted without "because ..."`
          : `there is no "${rule}" to accept here`
      idle.push({ path, line: i + 1, rule: 'annotation', text })
    }
  }
  return [...left, ...idle].toSorted((a, b) => a.line - b.line)
}
