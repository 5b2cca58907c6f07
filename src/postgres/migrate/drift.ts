/** What a database has otherwise than its files say: a hand on psql, a failed deployment, another tool. */
import { type Catalog, readCatalog } from '../catalog/catalog.ts'
import { compareCatalogs, type Difference } from '../catalog/compare.ts'
import { type Database, openDatabase } from '../database.ts'
import { type DatabaseManifest, isSqlComponent } from '../manifest.ts'
import { withClient } from '../session.ts'
import { migrateUp, type Versions } from './run.ts'
import { componentState } from './state.ts'

export interface Drift {
  /** "db_store1 0012_notes": compared is what the applied files produce. */
  readonly pending: readonly string[]
  /** Changed and missing files: what stands against the history itself. */
  readonly problems: readonly string[]
  readonly differences: readonly Difference[]
}

/** Compares the database behind `url`, which is only read, with its applied files in the empty one behind `scratchUrl`. */
export async function findDrift(url: string, scratchUrl: string, manifest: DatabaseManifest): Promise<Drift> {
  const open = (at: string) => openDatabase({ name: manifest.name, url: at, errors: manifest.errors })
  const [live, scratch] = [open(url), open(scratchUrl)]
  try {
    const { versions, pending, problems } = await historyOf(live, manifest)
    await migrateUp(scratchUrl, manifest, { only: versions })
    const [expected, found] = [await readCatalog(scratch), await readCatalog(live)]
    // Functions come with the newest migration; behind it, which ones there should be is not said by any file.
    const judged = pending.length === 0 ? found : found.filter(knownFunctions(expected))
    return { pending, problems, differences: compareCatalogs(expected, judged) }
  } finally {
    await Promise.all([live.close(), scratch.close()])
  }
}

async function historyOf(
  db: Database,
  manifest: DatabaseManifest,
): Promise<{ versions: Versions; pending: string[]; problems: string[] }> {
  const versions = new Map<string, readonly string[]>()
  const pending: string[] = []
  const problems: string[] = []
  await withClient(db.connection, async (client) => {
    for (const component of manifest.components.filter(isSqlComponent)) {
      const state = await componentState(client, component)
      versions.set(
        component.name,
        state.applied.map(({ version }) => version),
      )
      pending.push(...state.pending.map(({ version, name }) => `${component.name} ${version}_${name}`))
      problems.push(...state.problems)
    }
  })
  return { versions, pending, problems }
}

function knownFunctions(expected: Catalog): (object: Catalog[number]) => boolean {
  const known = new Set(
    expected.filter(({ kind }) => kind === 'function').map(({ schema, name }) => `${schema}.${name}`),
  )
  return ({ kind, schema, name }) => kind !== 'function' || known.has(`${schema}.${name}`)
}
