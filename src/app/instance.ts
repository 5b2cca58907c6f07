/** One application per data folder: a second one is told where the first one runs. */
import { mkdir, open, readFile, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { isAlive } from '../postgres/embedded.ts'

export class AlreadyRunning extends Error {
  override readonly name = 'AlreadyRunning'
}

export interface Instance {
  readonly pid: number
  readonly url: string
}

const FILE = 'instance.json'

/** So often an application says that it has the folder, also while it starts or recovers and does not answer yet. */
const HEARTBEAT_MS = 10_000
/** Who has said nothing for so long is asked at its address. */
const SILENT_MS = 60_000

/** The heartbeats of this process, by folder. */
const held = new Map<string, NodeJS.Timeout>()

/** The application that uses this data folder now. A file left by a killed one counts for nothing. */
export async function runningInstance(data: string): Promise<Instance | undefined> {
  const found = await read(data)
  if (!found) return undefined
  // In a container a killed one often had the number that we have now.
  if (found.pid === process.pid) return held.has(data) ? found : undefined
  if (!isAlive(found.pid)) return undefined
  const { mtimeMs } = await stat(join(data, FILE))
  if (Date.now() - mtimeMs < SILENT_MS) return found
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
      held.set(data, setInterval(() => void renew(data).catch(() => undefined), HEARTBEAT_MS).unref())
      return undefined
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
      const other = await runningInstance(data)
      if (other) return other
      await rm(join(data, FILE), { force: true })
    }
  }
}

export async function releaseInstance(data: string): Promise<void> {
  clearInterval(held.get(data))
  held.delete(data)
  if (await isOurs(data)) await rm(join(data, FILE), { force: true })
}

async function renew(data: string): Promise<void> {
  const now = new Date()
  if (await isOurs(data)) await utimes(join(data, FILE), now, now)
}

/** Somebody may have taken the folder over from one that stood still for long. */
async function isOurs(data: string): Promise<boolean> {
  return (await read(data))?.pid === process.pid
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
