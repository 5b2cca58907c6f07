/** One application per data folder: a second one is told where the first one runs. */
import { mkdir, open, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

export class AlreadyRunning extends Error {
  override readonly name = 'AlreadyRunning'
}

export interface Instance {
  readonly pid: number
  readonly url: string
}

const FILE = 'instance.json'

/** Within this time after its claim an application may still be starting, and not answer yet. */
const STARTING_MS = 60_000

/** The application that uses this data folder now. A file left by a killed one counts for nothing. */
export async function runningInstance(data: string): Promise<Instance | undefined> {
  const found = await read(data)
  if (!found || !isAlive(found.pid)) return undefined
  const { mtimeMs } = await stat(join(data, FILE))
  if (Date.now() - mtimeMs < STARTING_MS) return found
  // A number may be reused by another program after a crash; ours answers at its address.
  const answer = await fetch(`${found.url}/health/live`, { signal: AbortSignal.timeout(2_000) }).catch(
    () => undefined,
  )
  return answer?.ok ? found : undefined
}

/**
 * Takes the folder for this process, or answers who has it.
 * Two that start in the same instant meet at the file's exclusive creation.
 */
export async function claimInstance(data: string, url: string): Promise<Instance | undefined> {
  await mkdir(data, { recursive: true })
  for (;;) {
    try {
      const file = await open(join(data, FILE), 'wx', 0o600)
      await file.writeFile(JSON.stringify({ pid: process.pid, url } satisfies Instance))
      await file.close()
      return undefined
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
      const other = await runningInstance(data)
      if (other) return other
      await releaseInstance(data)
    }
  }
}

export async function releaseInstance(data: string): Promise<void> {
  await rm(join(data, FILE), { force: true })
}

async function read(data: string): Promise<Instance | undefined> {
  const text = await readFile(join(data, FILE), 'utf8').catch(() => '')
  try {
    const { pid, url }: Partial<Instance> = JSON.parse(text)
    return typeof pid === 'number' && typeof url === 'string' ? { pid, url } : undefined
  } catch {
    // Half written by a process that was killed: nobody's.
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
