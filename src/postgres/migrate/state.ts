/** Where a database stands against its files. Reads only. */
import type pg from 'pg'
import type { SqlComponent } from '../manifest.ts'
import { type ComponentFiles, type MigrationFile, readComponent } from './files.ts'
import { type Applied, appliedOf, changedFunctions } from './history.ts'

export interface ComponentState {
  readonly files: ComponentFiles
  readonly applied: readonly Applied[]
  readonly pending: readonly MigrationFile[]
  /** Function files that will be applied again. */
  readonly changedFunctions: readonly string[]
  /** What must be put right by a person before anything is applied. */
  readonly problems: readonly string[]
}

export async function componentState(
  client: pg.ClientBase,
  component: SqlComponent,
): Promise<ComponentState> {
  const files = await readComponent(component)
  const applied = await appliedOf(client, component.name)
  const byVersion = new Map(files.migrations.map((file) => [file.version, file]))
  const done = new Set(applied.map((row) => row.version))
  const pending = files.migrations.filter((file) => !done.has(file.version))
  const newest = applied.at(-1)?.version ?? ''
  const changed = (await changedFunctions(client, files)).map((file) => file.file)
  return {
    files,
    applied,
    pending,
    changedFunctions: changed,
    problems: [
      ...applied.flatMap((row) => {
        const file = byVersion.get(row.version)
        const label = `${component.name} ${row.version}_${row.name}`
        if (!file)
          return [`${label} was applied, but its file is missing: is this code older than the database?`]
        return file.checksum === row.checksum
          ? []
          : [`${label} was changed after it was applied: undo that edit`]
      }),
      ...pending
        .filter((file) => file.version < newest)
        .map(
          (file) => `${component.name} ${file.version}_${file.name} comes before ${newest}, which is applied`,
        ),
    ],
  }
}
