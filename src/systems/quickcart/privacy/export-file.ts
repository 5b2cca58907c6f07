/**
 * Exports on disk: one file per request, for its owner's eyes and a day. They are not kept in the database, where
 * every backup would keep them on. Processes of one shop share the data directory.
 */
import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Store } from '../store.ts'

const FILE = /^(\d{1,18})\./

export function exportPath(store: Store, id: bigint): string {
  return join(store.exportDirectory, `${id}.json`)
}

/** Writes the pieces one after the other, as fast as the disk takes them; the file appears whole. Answers its bytes. */
export async function writeExport(store: Store, id: bigint, pieces: AsyncIterable<string>): Promise<number> {
  await mkdir(store.exportDirectory, { recursive: true, mode: 0o700 })
  // Of two workers that build the same export, after one was taken for dead, each has its own.
  const part = join(store.exportDirectory, `${id}.${randomUUID()}.part`)
  try {
    await using file = await open(part, 'wx', 0o600)
    await file.writeFile(pieces)
    const { size } = await file.stat()
    await rename(part, exportPath(store, id))
    return size
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
}

export async function removeExport(store: Store, id: bigint): Promise<void> {
  await rm(exportPath(store, id), { force: true })
}

/** Removes files of exports that are not `live`: ended, or left behind by a process that died. Answers how many. */
export async function removeOthers(store: Store, live: ReadonlySet<bigint>): Promise<number> {
  const names = await readdir(store.exportDirectory).catch(() => [])
  const dead = names.filter((name) => {
    const id = FILE.exec(name)?.[1]
    return id !== undefined && !live.has(BigInt(id))
  })
  for (const name of dead) await rm(join(store.exportDirectory, name), { force: true })
  return dead.length
}
