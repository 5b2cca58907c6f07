/** What must be true after any test file, whatever it tested. */
import type { Database } from '../src/postgres/database.ts'
import { sql } from '../src/postgres/sql.ts'

/** One line per violated expectation; empty in health. */
export async function tripWires(db: Database): Promise<string[]> {
  return [...(await ledgerProblems(db)), ...(await deadJobs(db)), ...leakedClients(db)]
}

async function ledgerProblems(db: Database): Promise<string[]> {
  const { there } = await db.one<{ there: boolean }>(
    sql`select to_regproc('ledger.verify') is not null as there`,
  )
  if (!there) return []
  const rows = await db.many<object>(sql`select * from ledger.verify()`)
  return rows.map((row) => `ledger: ${sql.json(row)}`)
}

async function deadJobs(db: Database): Promise<string[]> {
  const { there } = await db.one<{ there: boolean }>(
    sql`select to_regclass('graphile_worker.jobs') is not null as there`,
  )
  if (!there) return []
  const rows = await db.many<{ task_identifier: string; last_error: string }>(
    sql`select task_identifier, last_error from graphile_worker.jobs where attempts >= max_attempts`,
  )
  return rows.map((row) => `job ${row.task_identifier} failed for good: ${row.last_error}`)
}

export function leakedClients(db: Database): string[] {
  const { totalCount, idleCount } = db.pool
  return totalCount === idleCount ? [] : [`${totalCount - idleCount} clients were not given back to the pool`]
}
