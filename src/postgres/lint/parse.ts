/** SQL as PostgreSQL's own parser reads it. */
import { hasSqlDetails, type Node, parse, type RawStmt } from 'libpg-query'

/** A statement and the line it begins on, counted from 1. */
export interface Statement {
  readonly node: Node
  readonly line: number
}

/** @throws Error where PostgreSQL would not accept the text; its message says what it stumbled on. */
export async function statementsOf(sql: string): Promise<Statement[]> {
  const bytes = Buffer.from(sql)
  const { stmts = [] } = await parse(sql)
  return stmts.flatMap(({ stmt, stmt_location: at = 0 }: RawStmt) =>
    stmt ? [{ node: stmt, line: lineOf(bytes.subarray(0, at + blank(bytes, at)).toString()) }] : [],
  )
}

/** The line on which the parser stumbled. */
export function lineOfError(sql: string, error: unknown): number {
  const at = hasSqlDetails(error) ? (error.sqlDetails?.cursorPosition ?? 0) : 0
  return lineOf(Buffer.from(sql).subarray(0, at).toString())
}

/** The parser counts what stands between two statements, comments too, to the second one. */
function blank(bytes: Buffer, at: number): number {
  const text = bytes.subarray(at).toString()
  const [skipped = ''] = /^(\s|--[^\n]*(\n|$)|\/\*[\s\S]*?\*\/)*/.exec(text) ?? []
  return Buffer.byteLength(skipped)
}

function lineOf(before: string): number {
  return before.split('\n').length
}
