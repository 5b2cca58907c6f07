/** A real server of the benchmark's own, durable as in production, in a folder that goes with it. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { withDatabase } from '../../src/postgres/connection.ts'
import { startEmbedded } from '../../src/postgres/embedded.ts'
import type { DatabaseManifest } from '../../src/postgres/manifest.ts'
import { migrateUp } from '../../src/postgres/migrate/run.ts'

export interface BenchServer extends AsyncDisposable {
  readonly url: string
}

/** With a migrated database of this manifest. `await using server = await benchServer(...)` stops it. */
export async function benchServer(manifest: DatabaseManifest): Promise<BenchServer> {
  const directory = await mkdtemp(join(tmpdir(), 'niaga-bench-'))
  const server = await startEmbedded(directory, { max_wal_size: '4GB', shared_buffers: '1GB' })
  const admin = new pg.Client({ connectionString: server.url })
  await admin.connect()
  await admin.query('create database bench')
  await admin.end()
  const url = withDatabase(server.url, 'bench')
  await migrateUp(url, manifest)
  return {
    url,
    async [Symbol.asyncDispose]() {
      await server.stop()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
