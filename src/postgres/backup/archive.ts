/**
 * Backups on disk: one folder each, `<system>/<id>/`, with a file per table and `manifest.json`, which says what
 * belongs to it. A folder is written under another name and renamed last: what is called a backup is whole.
 */
import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { authenticate, type BackupKey } from './encryption.ts'

export const FORMAT = 1
export const MANIFEST = 'manifest.json'
export const SEAL = 'manifest.seal'
export const PARTIAL = '.partial-'

export interface ArchivedFile {
  /** Below the backup's folder, with slashes. */
  readonly path: string
  /** As stored: compressed and, where there is a key, encrypted. */
  readonly bytes: number
  readonly sha256: string
}

export interface ArchivedTable {
  readonly schema: string
  readonly name: string
  readonly columns: readonly string[]
  readonly rows: number
  readonly file: ArchivedFile
}

export interface ArchivedSequence {
  readonly schema: string
  readonly name: string
  readonly last: string
  readonly called: boolean
}

export interface ArchivedMigration {
  readonly version: string
  readonly name: string
  readonly checksum: string
}

export interface ArchivedDatabase {
  readonly name: string
  /** "18.4" */
  readonly server: string
  readonly components: Readonly<Record<string, readonly ArchivedMigration[]>>
  /** Of the database itself: "search_path=shop, public". */
  readonly settings: readonly string[]
  readonly catalog: ArchivedFile
  readonly tables: readonly ArchivedTable[]
  readonly sequences: readonly ArchivedSequence[]
}

export interface BackupManifest {
  readonly format: number
  /** Version of the code that made it. */
  readonly niaga: string
  readonly system: string
  readonly id: string
  /** The moment whose contents it holds, of all databases. */
  readonly takenAt: string
  readonly finishedAt: string
  /** Which key it is encrypted with; null: none. */
  readonly keyId: string | null
  readonly databases: readonly ArchivedDatabase[]
}

/** A backup that cannot be used, with the file and the reason. */
export class BackupRefused extends Error {
  override readonly name = 'BackupRefused'
}

/** "20261125T191230Z-4f9c": sorts by time. */
export function backupId(takenAt: Date, suffix: string): string {
  return `${takenAt.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z-${suffix}`
}

export function sealOf(text: string, key: BackupKey | undefined): string {
  return key ? authenticate(key, text) : createHash('sha256').update(text).digest('hex')
}

/** Every file that belongs to a backup, but for the manifest itself. */
export function filesOf({ databases }: BackupManifest): ArchivedFile[] {
  return databases.flatMap(({ catalog, tables }) => [catalog, ...tables.map(({ file }) => file)])
}

export interface StoredBackup {
  readonly folder: string
  readonly id: string
  /** Undefined where the manifest cannot be read; `problem` says why. */
  readonly manifest?: BackupManifest
  readonly bytes: number
  readonly problem?: string
}

/** Between the machine that made a backup and the one that looks at it. */
const CLOCKS_DIFFER_MS = 5 * 60_000

/** All backups of a system, oldest first. Looks at manifests and sizes, not into the files. */
export async function listBackups(root: string, system: string): Promise<StoredBackup[]> {
  const names = await readdir(join(root, system)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  const ids = names.filter((name) => /^\d{8}T\d{6}Z-[0-9a-f]+$/.test(name)).sort()
  return await Promise.all(ids.map((id) => look(join(root, system, id), id)))
}

async function look(folder: string, id: string): Promise<StoredBackup> {
  try {
    const manifest = await readManifest(folder)
    if (Date.parse(manifest.takenAt) > Date.now() + CLOCKS_DIFFER_MS) {
      throw new BackupRefused(`it was taken at ${manifest.takenAt}, which is yet to come: a clock was wrong`)
    }
    const files = filesOf(manifest)
    for (const file of files) await sizeMatches(folder, file)
    return { folder, id, manifest, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) }
  } catch (error) {
    if (!(error instanceof BackupRefused)) throw error
    return { folder, id, bytes: 0, problem: error.message }
  }
}

/** @throws BackupRefused where a file is missing or has another length. */
export async function sizeMatches(folder: string, { path, bytes }: ArchivedFile): Promise<void> {
  // A disk that does not answer is no file that is missing: the rotation would let go of it.
  const found = await stat(join(folder, path)).catch(unlessAbsent)
  if (!found) throw new BackupRefused(`${path} is missing`)
  if (found.size !== bytes) throw new BackupRefused(`${path} has ${found.size} bytes instead of ${bytes}`)
}

/**
 * The manifest, and its text for `checkSeal`.
 * @throws BackupRefused where it is missing, not ours, or of a later format.
 */
export async function readManifest(folder: string): Promise<BackupManifest> {
  const text = await readOptional(join(folder, MANIFEST))
  if (text === undefined) throw new BackupRefused(`${MANIFEST} is missing`)
  let manifest: Partial<BackupManifest>
  try {
    manifest = JSON.parse(text)
  } catch (error) {
    throw new BackupRefused(`${MANIFEST} is damaged`, { cause: error })
  }
  if (Number(manifest.format) > FORMAT) {
    throw new BackupRefused(`${MANIFEST} has format ${manifest.format}; this code reads up to ${FORMAT}`)
  }
  if (!isManifest(manifest)) throw new BackupRefused(`${MANIFEST} is not the manifest of a backup`)
  return manifest
}

/** As far as a listing needs it: a flipped bit in one manifest must not hide the other backups. */
function isManifest(manifest: Partial<BackupManifest>): manifest is BackupManifest {
  const { format, takenAt, databases } = manifest
  const named = (file: Partial<ArchivedFile> | undefined) => typeof file?.path === 'string'
  return (
    typeof format === 'number' &&
    !Number.isNaN(Date.parse(takenAt ?? '')) &&
    Array.isArray(databases) &&
    databases.every(
      ({ catalog, tables }: Partial<ArchivedDatabase>) =>
        named(catalog) &&
        Array.isArray(tables) &&
        tables.every(({ file }: Partial<ArchivedTable>) => named(file)),
    )
  )
}

/** @throws BackupRefused where the key is missing or another one, or where the manifest was changed. */
export async function checkSeal(
  folder: string,
  { keyId }: BackupManifest,
  key: BackupKey | undefined,
): Promise<void> {
  if (keyId !== null && !key) {
    throw new BackupRefused(`it is encrypted with the key ${keyId}, and NIAGA_BACKUP_KEY is not set`)
  }
  if (keyId !== null && key && key.id !== keyId) {
    throw new BackupRefused(`it is encrypted with the key ${keyId}; NIAGA_BACKUP_KEY is ${key.id}`)
  }
  const [text, seal] = [await readOptional(join(folder, MANIFEST)), await readOptional(join(folder, SEAL))]
  if (seal === undefined) throw new BackupRefused(`${SEAL} is missing`)
  if (`${sealOf(text ?? '', keyId === null ? undefined : key)}\n` !== seal) {
    throw new BackupRefused(`${MANIFEST} and ${SEAL} do not belong together: one of them was changed`)
  }
}

async function readOptional(file: string): Promise<string | undefined> {
  return await readFile(file, 'utf8').catch(unlessAbsent)
}

function unlessAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined
  throw error
}
