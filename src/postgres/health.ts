/** Is a database there, and how fast does it answer? */
import type { Database } from './database.ts'
import { sql } from './sql.ts'

export interface Health {
  readonly name: string
  readonly ok: boolean
  readonly latencyMs: number
  /** "18.4" */
  readonly version?: string
  /** "12 MB" */
  readonly size?: string
  /** In words that may be shown to anyone. */
  readonly problem?: string
}

const TIMEOUT_MS = 3_000

export async function probe(database: Database): Promise<Health> {
  const started = performance.now()
  const latencyMs = () => Math.round((performance.now() - started) * 10) / 10
  const question = database.one<{ version: string; size: string }>(
    sql`select current_setting('server_version') as version,
      pg_size_pretty(pg_database_size(current_database())) as size`,
  )
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), TIMEOUT_MS)
  })
  try {
    const { version, size } = await Promise.race([question, timeout])
    return {
      name: database.name,
      ok: true,
      latencyMs: latencyMs(),
      version: version.split(' ')[0] ?? version,
      size,
    }
  } catch {
    question.catch(() => undefined)
    return { name: database.name, ok: false, latencyMs: latencyMs(), problem: 'does not answer' }
  } finally {
    clearTimeout(timer)
  }
}
