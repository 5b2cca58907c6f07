/** Whether a backup can be restored here: asked before anything is touched. */
import { type DatabaseManifest, isSqlComponent } from '../manifest.ts'
import { readComponent } from '../migrate/files.ts'
import type { Versions } from '../migrate/run.ts'
import {
  type ArchivedDatabase,
  type BackupManifest,
  BackupRefused,
  checkSeal,
  filesOf,
  readManifest,
} from './archive.ts'
import type { BackupKey } from './encryption.ts'
import { checkFile } from './streams.ts'

/**
 * Reads every byte.
 * @throws BackupRefused naming the file and the reason: damaged, cut, missing, another key, another system.
 */
export async function checkBackup(
  folder: string,
  system: string,
  key: BackupKey | undefined,
  onProgress: (percent: number) => void = () => undefined,
): Promise<BackupManifest> {
  const manifest = await readManifest(folder)
  if (manifest.system !== system) {
    throw new BackupRefused(`it is a backup of ${manifest.system}, not of ${system}`)
  }
  await checkSeal(folder, manifest, key)
  const files = filesOf(manifest)
  const total = files.reduce((sum, { bytes }) => sum + bytes, 1)
  let read = 0
  for (const file of files) {
    await checkFile(folder, file, (bytes) => {
      read += bytes
      onProgress(Math.floor((read / total) * 100))
    })
  }
  return manifest
}

/**
 * The versions that a database must be migrated to for its data to fit.
 * @throws BackupRefused where this code does not have them: it is older than the backup, or a file was edited since.
 */
export async function versionsFor(
  { name, components }: ArchivedDatabase,
  manifest: DatabaseManifest,
  niaga: string,
): Promise<Versions> {
  const versions = new Map<string, readonly string[]>()
  for (const component of manifest.components.filter(isSqlComponent)) {
    const { migrations } = await readComponent(component)
    const archived = components[component.name] ?? []
    for (const applied of archived) {
      const label = `${name}: ${component.name} ${applied.version}_${applied.name}`
      const file = migrations.find(({ version }) => version === applied.version)
      if (!file) {
        throw new BackupRefused(
          `${label} is not among the files: restore with the code that made it, Niaga ${niaga}, or a later one`,
        )
      }
      if (file.checksum !== applied.checksum) {
        throw new BackupRefused(`${label} was changed after the backup was made: undo that edit`)
      }
    }
    versions.set(
      component.name,
      archived.map(({ version }) => version),
    )
  }
  const unknown = Object.keys(components).filter((component) => !versions.has(component))
  if (unknown.length > 0) throw new BackupRefused(`${name}: nothing here is called ${unknown.join(', ')}`)
  return versions
}
