/** Proves that migrations can be undone: up one by one, down one by one, up again, with the catalog compared each time. */
import { type Catalog, readCatalog } from '../catalog/catalog.ts'
import { compareCatalogs, type Difference, describeDifference } from '../catalog/compare.ts'
import { type Database, openDatabase } from '../database.ts'
import { type DatabaseManifest, isSqlComponent, type SqlComponent } from '../manifest.ts'
import { type ComponentFiles, type FunctionFile, readComponent } from './files.ts'
import { MigrationFailed } from './history.ts'
import { migrateDown, migrateUp } from './run.ts'

export interface NotReversible extends Difference {
  readonly component: string
  /** "0003_catalog undone": after what the catalog was another one than before. */
  readonly after: string
}

/** The database cut off above one component, whose history can then be undone as if it were the system's own. */
export interface Floor {
  readonly component: SqlComponent
  readonly below: DatabaseManifest
  readonly manifest: DatabaseManifest
}

export function floorsOf(manifest: DatabaseManifest): Floor[] {
  return manifest.components.flatMap((component, i) =>
    isSqlComponent(component)
      ? [
          {
            component,
            below: { ...manifest, components: manifest.components.slice(0, i) },
            manifest: { ...manifest, components: manifest.components.slice(0, i + 1) },
          },
        ]
      : [],
  )
}

/** `url` is an empty database, which is left migrated. Answers every difference; empty where all is reversible. */
export async function verifyReversible(url: string, floor: Floor): Promise<NotReversible[]> {
  const files = await readComponent(floor.component)
  const db = openDatabase({ name: floor.manifest.name, url, errors: floor.manifest.errors })
  try {
    await migrateUp(url, floor.below)
    return await walk(db, floor.manifest, files)
  } finally {
    await db.close()
  }
}

async function walk(
  db: Database,
  manifest: DatabaseManifest,
  { component, migrations, functions }: ComponentFiles,
): Promise<NotReversible[]> {
  const difference = (after: string, expected: Catalog, found: Catalog): NotReversible[] =>
    compareCatalogs(expected, found).map((one) => ({ ...one, component, after }))

  const before: Catalog[] = []
  for (const _ of migrations) {
    before.push(await readCatalog(db))
    await migrateUp(db.url, manifest, { steps: 1 })
  }
  const whole = await readCatalog(db)

  const bodies = currentBodies(functions.values())
  const found: NotReversible[] = []
  for (const [i, { version, name }] of [...migrations.entries()].reverse()) {
    await migrateDown(db.url, manifest, { steps: 1 })
    const wrong = difference(`${version}_${name} undone`, before[i] ?? [], await readCatalog(db))
    // What an earlier step left behind is told once.
    const known = new Set(found.map(describeDifference))
    found.push(
      ...wrong
        .filter((one) => one.change !== 'extra' || !bodies(one.object))
        .filter((one) => !known.has(describeDifference(one))),
    )
  }
  const again = await migrateUp(db.url, manifest).catch(refusalOf)
  if (again instanceof MigrationFailed) {
    return [
      ...found,
      {
        component,
        after: 'everything undone',
        object: 'second "up"',
        change: 'missing',
        detail: again.message,
      },
    ]
  }
  return [...found, ...difference('everything undone and applied again', whole, await readCatalog(db))]
}

/** What a down migration left behind is often in the way of the next up: a finding like the others. */
function refusalOf(error: unknown): MigrationFailed {
  if (error instanceof MigrationFailed) return error
  throw error
}

/** Whether a function (or view) has a file of its own: such stay when a migration is undone, they have no history. */
function currentBodies(files: Iterable<FunctionFile>): (object: string) => boolean {
  const pattern = /^create (?:or replace )?(?:function|procedure|view)\s+([\w.]+)/gim
  const names = [...files].flatMap(({ sql }) => [...sql.matchAll(pattern)].map(([, name = '']) => name))
  const labels = new Set(names.map((name) => (name.includes('.') ? name : `public.${name}`).toLowerCase()))
  return (object) => labels.has(object.replace(/^(function|table) /, '').replace(/\(.*$/, ''))
}
