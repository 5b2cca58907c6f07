import type { Database } from '../../../postgres/database.ts'
import type { DocumentLogs } from './document-logs.ts'
import { postgresLogs } from './postgres-logs.ts'

/** MongoDB where a server is named; its driver is loaded only then. */
export async function openLogs(db: Database, mongoUrl: string | undefined): Promise<DocumentLogs> {
  if (mongoUrl === undefined) return postgresLogs(db)
  const { mongoLogs } = await import('./mongo-logs.ts')
  return mongoLogs(mongoUrl)
}
