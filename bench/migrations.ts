/**
 * How long all databases take from nothing to their newest version, next to the same SQL sent raw: the files in
 * order through one connection, without history, locks, checksums or a transaction for each.
 *
 *     node bench/migrations.ts [--runs 5]
 */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { ensureRole } from '../src/postgres/application-role.ts'
import { withDatabase } from '../src/postgres/connection.ts'
import { startEmbedded } from '../src/postgres/embedded.ts'
import { type DatabaseManifest, isSqlComponent } from '../src/postgres/manifest.ts'
import { inOrder, readComponent } from '../src/postgres/migrate/files.ts'
import { ensureDatabase, migrateUp } from '../src/postgres/migrate/run.ts'
import { auditsDatabase, storeDatabase } from '../src/systems/quickcart/databases.ts'
import { auditsDatabase as walletAuditsDatabase, walletDatabase } from '../src/systems/userstate/databases.ts'
import { query } from './lib/house.ts'
import { describeMachine } from './lib/machine.ts'
import { median } from './lib/numbers.ts'
import { publish } from './lib/report.ts'

const { values: options } = parseArgs({ options: { runs: { type: 'string', default: '5' } } })
const manifests = [storeDatabase, auditsDatabase, walletDatabase, walletAuditsDatabase]

const folder = await mkdtemp(join(tmpdir(), 'niaga-bench-'))
const server = await startEmbedded(folder)
try {
  await timed(migrateUp)
  const [ours, raw]: [number[], number[]] = [[], []]
  for (let run = 0; run < Number(options.runs); run++) {
    ours.push(await timed(migrateUp))
    raw.push(await timed(sendRaw))
  }
  await publish({
    name: 'migrations',
    title: 'All databases from nothing (`node bench/migrations.ts`)',
    settings: [
      ...(await describeMachine(server.url)).map((line) => `${line}.`),
      `${manifests.map(({ name }) => name).join(', ')}, ${options.runs} runs in turn, medians.`,
    ],
    tables: [
      {
        head: ['what', 'measured', 'of the raw SQL'],
        rows: [
          ['the same SQL sent raw (reference)', `${median(raw).toFixed(0)} ms`, '1.00 ×'],
          [
            'niaga migrate up',
            `${median(ours).toFixed(0)} ms`,
            // Run by run, so that a busy minute weighs on both.
            `${median(ours.map((ms, i) => ms / (raw[i] ?? Number.NaN))).toFixed(2)} ×`,
          ],
        ],
      },
    ],
  })
} finally {
  await server.stop()
  await rm(folder, { recursive: true, force: true })
}

/** Milliseconds for all databases; making and dropping them does not count. */
async function timed(
  bringUp: (url: string, manifest: DatabaseManifest) => Promise<unknown>,
): Promise<number> {
  let ms = 0
  for (const manifest of manifests) {
    const name = `bench_${randomBytes(4).toString('hex')}`
    await ensureDatabase(server.url, name)
    const begun = performance.now()
    await bringUp(withDatabase(server.url, name), manifest)
    ms += performance.now() - begun
    await query(server.url, `drop database ${name} with (force)`)
  }
  return ms
}

async function sendRaw(url: string, { components }: DatabaseManifest): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await ensureRole(client)
    for (const component of components) {
      if (!isSqlComponent(component)) {
        await component.install(url)
        continue
      }
      const files = await readComponent(component)
      for (const file of files.migrations) {
        for (const { sql } of inOrder(files, file.requires)) await client.query(sql)
        await client.query(file.up)
      }
      for (const { sql } of inOrder(files, files.functions.keys())) await client.query(sql)
    }
  } finally {
    await client.end()
  }
}
