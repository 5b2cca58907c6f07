/** Backups of whole systems: where they are, how they are made, and how a restored one is proved. */
import { rename, rm, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { systemClock } from '../kernel/clock.ts'
import { silentLog } from '../kernel/log.ts'
import { ledgerComponent } from '../ledger/component.ts'
import { verify } from '../ledger/ledger.ts'
import type { AuditVerification } from '../platform/audit/verify.ts'
import type { SystemManifest } from '../platform/system.ts'
import { VERSION } from '../platform/version.ts'
import { listBackups, type StoredBackup } from '../postgres/backup/archive.ts'
import { type BackupProgress, type CreatedBackup, createBackup } from '../postgres/backup/create.ts'
import { type BackupKey, readBackupKey } from '../postgres/backup/encryption.ts'
import { restoreBackup } from '../postgres/backup/restore.ts'
import { superfluous } from '../postgres/backup/retention.ts'
import { withScratch } from '../postgres/scratch.ts'
import type { Configuration } from './configuration.ts'
import { type DatabaseAt, openedAs, systemContext, withOwners } from './databases.ts'

export interface Telling {
  readonly onProgress?: (progress: BackupProgress) => void
  readonly onStage?: (text: string) => void
  readonly signal?: AbortSignal
}

export function backupsFolder({ NIAGA_BACKUPS, NIAGA_DATA }: Configuration): string {
  return NIAGA_BACKUPS === undefined ? join(NIAGA_DATA, 'backups') : resolve(NIAGA_BACKUPS)
}

function backupKey({ NIAGA_BACKUP_KEY: text }: Configuration): BackupKey | undefined {
  return text === undefined ? undefined : readBackupKey(text)
}

/** Oldest first. */
export async function backupsOf(configuration: Configuration, system: string): Promise<StoredBackup[]> {
  return await listBackups(backupsFolder(configuration), system)
}

/** The newest one that looks whole. */
export async function newestBackup(
  configuration: Configuration,
  system: string,
): Promise<StoredBackup | undefined> {
  return (await backupsOf(configuration, system)).findLast(({ problem }) => problem === undefined)
}

export async function backUp(
  configuration: Configuration,
  system: SystemManifest,
  located: readonly DatabaseAt[],
  telling: Telling = {},
): Promise<CreatedBackup> {
  return await createBackup({
    system: system.name,
    sources: located,
    root: backupsFolder(configuration),
    key: backupKey(configuration),
    niagaVersion: VERSION,
    ...telling,
  })
}

/** Removes what the rotation no longer keeps, and answers it. */
export async function pruneBackups(
  configuration: Configuration,
  system: string,
  { dryRun }: { readonly dryRun: boolean },
): Promise<StoredBackup[]> {
  const all = (await backupsOf(configuration, system)).map((backup) => ({
    ...backup,
    takenAt: takenAt(backup),
    good: backup.problem === undefined,
  }))
  const gone = superfluous(all)
  if (!dryRun) for (const { folder } of gone) await rm(folder, { recursive: true })
  return gone
}

/** From the name: a damaged manifest cannot say it. */
function takenAt({ id }: StoredBackup): Date {
  return new Date(id.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z.*$/, '$1-$2-$3T$4:$5:$6Z'))
}

export interface Proof {
  /** Of every ledger; none in health. */
  readonly violations: number
  readonly audit: AuditVerification
  readonly ok: boolean
}

export interface Restored {
  readonly id: string
  readonly takenAt: string
  readonly rows: number
  readonly proof: Proof
  /** Files of the data folder that spoke of what was there before, under their new names. */
  readonly setAside: readonly string[]
  /** Settings of the databases that this login or server refuses: "db_store1: log_min_duration_statement=100". */
  readonly settingsLeftOut: readonly string[]
}

/** Into the system's own databases, which must be empty. @throws BackupRefused */
export async function restore(
  configuration: Configuration,
  system: SystemManifest,
  located: readonly DatabaseAt[],
  backup: StoredBackup,
  telling: Telling = {},
): Promise<Restored> {
  const { manifest, settingsLeftOut } = await restoreBackup({
    system: system.name,
    folder: backup.folder,
    key: backupKey(configuration),
    targets: located,
    ...telling,
  })
  // The audit's chain goes on from where the backup ends; heads that were noted later are evidence of what is lost.
  const setAside: string[] = []
  for (const file of system.files) {
    const from = join(configuration.NIAGA_DATA, file)
    const to = `${from}.before-${manifest.id}`
    if (!(await stat(from).catch(() => undefined))) continue
    await rename(from, to)
    setAside.push(to)
  }
  telling.onStage?.('proving the ledger and the audit')
  return {
    id: manifest.id,
    takenAt: manifest.takenAt,
    rows: manifest.databases.flatMap(({ tables }) => tables).reduce((sum, { rows }) => sum + rows, 0),
    proof: await prove(configuration, system, located),
    setAside,
    settingsLeftOut,
  }
}

async function prove(
  configuration: Configuration,
  system: SystemManifest,
  located: readonly DatabaseAt[],
): Promise<Proof> {
  return await withOwners(located, systemClock, silentLog, async (opened) => {
    let violations = 0
    for (const { manifest } of located) {
      if (!manifest.components.includes(ledgerComponent)) continue
      violations += (await verify(openedAs(opened, manifest.name))).length
    }
    const local = `http://localhost:${configuration.NIAGA_PORT}`
    const audit = await system.verifyAudit(
      systemContext(configuration, { clock: systemClock, log: silentLog, local, opened }),
    )
    return { violations, audit, ok: violations === 0 && audit.ok }
  })
}

export interface Drill extends Restored {
  /** What would be lost now: the age of the backup. */
  readonly rpoSeconds: number
  /** From an empty server to proved data. */
  readonly rtoSeconds: number
}

/** Restores a backup into scratch databases, proves it, measures, and forgets it. */
export async function drill(
  configuration: Configuration,
  system: SystemManifest,
  backup: StoredBackup,
  telling: Telling = {},
): Promise<Drill> {
  const begun = Date.now()
  // With fsync, as the real one would be.
  const options = { serverUrl: configuration.NIAGA_SCRATCH_URL, settings: {} }
  return await withScratch(async (scratch) => {
    const located: DatabaseAt[] = []
    for (const manifest of system.databases) {
      const url = await scratch.database(manifest.name)
      located.push({ manifest, url, applicationUrl: url })
    }
    const apart = { ...configuration, NIAGA_DATA: scratch.folder }
    const restored = await restore(apart, system, located, backup, telling)
    return {
      ...restored,
      rpoSeconds: Math.round((begun - Date.parse(restored.takenAt)) / 1000),
      rtoSeconds: Math.round((Date.now() - begun) / 100) / 10,
    }
  }, options)
}
