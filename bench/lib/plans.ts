/**
 * Which statements read a large table from end to end: from the plans that PostgreSQL's auto_explain writes to the
 * server's log while something is at work.
 */
import { open } from 'node:fs/promises'

/** Settings of a server whose statements are to be watched; those of SQL functions too. */
export const EXPLAIN_EVERYTHING = {
  session_preload_libraries: 'auto_explain',
  'auto_explain.log_min_duration': '0',
  'auto_explain.log_nested_statements': 'on',
  'auto_explain.log_format': 'json',
  // A line of log is one plan, so that it can be read line by line.
  'auto_explain.log_level': 'log',
} as const

export interface SequentialScan {
  readonly table: string
  /** The statement's beginning, white space folded. */
  readonly statement: string
}

interface PlanNode {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly Plans?: readonly PlanNode[]
}

/** The end of the log as it is now: where the next reading begins. */
export async function logEnd(log: string): Promise<number> {
  const file = await open(log)
  try {
    return (await file.stat()).size
  } finally {
    await file.close()
  }
}

/** Sequential scans of these tables since that place in the log, each statement once. */
export async function sequentialScans(
  log: string,
  from: number,
  tables: ReadonlySet<string>,
): Promise<readonly SequentialScan[]> {
  const file = await open(log)
  const found = new Map<string, SequentialScan>()
  try {
    let plan: string[] | undefined
    for await (const line of file.readLines({ start: from })) {
      if (/LOG: {2}duration: .* plan:$/.test(line)) plan = []
      else if (plan && line.startsWith('\t')) plan.push(line)
      else plan = undefined
      if (plan && line === '\t}') {
        for (const scan of scansOf(plan.join('\n'), tables))
          found.set(`${scan.table} ${scan.statement}`, scan)
        plan = undefined
      }
    }
  } finally {
    await file.close()
  }
  return [...found.values()]
}

function scansOf(text: string, tables: ReadonlySet<string>): readonly SequentialScan[] {
  const plan: { 'Query Text': string; Plan: PlanNode } = JSON.parse(text)
  const statement = plan['Query Text'].replaceAll(/\s+/g, ' ').trim().slice(0, 160)
  return nodes(plan.Plan)
    .filter((node) => node['Node Type'] === 'Seq Scan' && tables.has(node['Relation Name'] ?? ''))
    .map((node) => ({ table: node['Relation Name'] ?? '', statement }))
}

function nodes(node: PlanNode): readonly PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodes)]
}
