/**
 * Files of a system, in a folder of its own below the data folder: exports, pictures. They are not kept in the database,
 * where every backup would keep them on. Processes of one system share the folder.
 */
import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'

export interface Files {
  path(name: string): string
  /** The pieces one after the other, as fast as the disk takes them; the file appears whole. Answers its bytes. */
  write(name: string, content: Uint8Array | AsyncIterable<string>): Promise<number>
  /** Undefined where there is none. */
  read(name: string): Promise<Buffer | undefined>
  /** One that is gone already is no error. */
  remove(name: string): Promise<void>
  /** What lies in the folder, parts of files that were never finished among it. */
  list(folder?: string): Promise<readonly string[]>
}

/** Names are ours to choose ("17.json", "profile/x.webp"): never a path that somebody sent. */
export function openFiles(directory: string): Files {
  const path = (name: string) => join(directory, name)
  return {
    path,

    async write(name, content) {
      await mkdir(dirname(path(name)), { recursive: true, mode: 0o700 })
      // Of two who write the same file, after one was taken for dead, each has its own.
      const part = path(`${name}.${randomUUID()}.part`)
      try {
        await using file = await open(part, 'wx', 0o600)
        await file.writeFile(content)
        const { size } = await file.stat()
        await rename(part, path(name))
        return size
      } catch (error) {
        await rm(part, { force: true })
        throw error
      }
    },

    read: (name) => orUndefined(readFile(path(name))),
    remove: (name) => rm(path(name), { force: true }),
    list: async (folder = '.') => (await orUndefined(readdir(path(folder)))) ?? [],
  }
}

async function orUndefined<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
