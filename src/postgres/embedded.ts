/**
 * The embedded PostgreSQL: a real server from npm, its data in one folder of ours.
 *
 * We start the binaries ourselves: a server that outlived a killed process is adopted instead of fought, a
 * half-made data folder never looks whole, and root needs no account of its own.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, openSync } from 'node:fs'
import { chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type Binaries, findBinaries, reachableBy, relocate, serverAccount } from './embedded-binaries.ts'
import { withClient } from './session.ts'

const run = promisify(execFile)

// Not "niaga": a user's own name is a schema that is searched before public, and ours is called so.
const SUPERUSER = 'postgres'
/** After a crash PostgreSQL first reads up to `max_wal_size` of its log: minutes on a slow disk. What fails ends by itself. */
const START_TIMEOUT_MS = 600_000
const ADOPT_TIMEOUT_MS = START_TIMEOUT_MS
const LEFTOVERS_TIMEOUT_MS = 20_000
const STOP_TIMEOUT_MS = 4_000

/** Small pools need few connections; the rest is for people, tests and several processes. */
const SERVER_SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  // Short transactions: compiling them costs more than it gains.
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
}

export interface EmbeddedServer {
  /** URL of its maintenance database. */
  readonly url: string
  readonly dataDirectory: string
  /** True where it was running already. */
  readonly adopted: boolean
  /** Whether its process is there; it may be recovering. */
  isUp(): boolean
  stop(): Promise<void>
}

interface Saved {
  readonly port: number
  readonly password: string
}

/**
 * Starts, adopts or first makes the server whose files live in `directory`.
 * `settings` are added to the server's configuration. `onWait` is called, perhaps twice, as soon as a program of
 * PostgreSQL is at work and its end is waited for.
 * @throws Error with the end of the server's log where it does not come up.
 */
export async function startEmbedded(
  directory: string,
  settings: Readonly<Record<string, string>> = {},
  onWait: () => void = () => undefined,
): Promise<EmbeddedServer> {
  const account = serverAccount()
  const home = homeOf(directory, account)
  await mkdir(home, { recursive: true })
  if (account) await chown(home, account.uid, account.gid)
  const binaries = await findBinaries(account && !reachableBy(import.meta.dirname) ? home : undefined)
  const data = join(home, 'data')
  const savedFile = join(directory, 'server.json')
  const saved = await load(savedFile)

  const adopted = saved && (await adopt(saved, data))
  if (adopted) return adopted

  if (!saved && existsSync(data)) {
    if (home === directory)
      throw new Error(`${savedFile} is missing: restore it, or remove ${data} to start empty`)
    // Somebody removed our folder to start afresh; what was kept elsewhere for root goes with it.
    await rm(data, { recursive: true })
  }
  const password = saved?.password ?? randomBytes(18).toString('base64url')
  const port = await freePort(saved?.port)
  await mkdir(directory, { recursive: true })
  // Before the data: whatever is killed when, data never stands there without its password.
  await writeFile(`${savedFile}.new`, JSON.stringify({ port, password } satisfies Saved), { mode: 0o600 })
  await rename(`${savedFile}.new`, savedFile)
  if (!existsSync(data)) await initialise(binaries, home, data, password, account, onWait)
  const url = serverUrl({ port, password })
  const child = await launch(binaries, home, data, port, settings, account, onWait)
  return running(url, data, child.pid, false)
}

function running(url: string, data: string, pid: number | undefined, adopted: boolean): EmbeddedServer {
  return {
    url,
    dataDirectory: data,
    adopted,
    isUp: () => pid !== undefined && isAlive(pid),
    stop: () => stop(data, pid),
  }
}

/** Stops the server whose files live in `directory`, if it runs, and removes all of it. */
export async function removeEmbedded(directory: string): Promise<void> {
  const home = homeOf(directory, serverAccount())
  const saved = await load(join(directory, 'server.json'))
  const running = saved && (await adopt(saved, join(home, 'data')))
  await running?.stop()
  for (const folder of [home, directory]) await rm(folder, { recursive: true, force: true })
}

function homeOf(directory: string, account: Account): string {
  return account && !reachableBy(directory) ? relocate(directory) : directory
}

/** A server that is still up although its process of ours is gone. */
async function adopt(saved: Saved, data: string): Promise<EmbeddedServer | undefined> {
  const pid = await postmasterPid(data)
  if (pid === undefined || !isAlive(pid)) return undefined
  const url = serverUrl(saved)
  const deadline = Date.now() + ADOPT_TIMEOUT_MS
  for (;;) {
    try {
      if ((await dataDirectoryOf(url)) !== data) return undefined
      return running(url, data, pid, true)
    } catch (error) {
      // Nobody listens: the number in the file is another program's by now. PostgreSQL judges the stale file.
      if (error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED') return undefined
      // It recovers, or the machine is busy; giving up early would start a second server on its files.
      if (Date.now() > deadline) throw error
      await wait(100)
    }
  }
}

async function dataDirectoryOf(url: string): Promise<string | undefined> {
  return await withClient({ connectionString: url, connectionTimeoutMillis: 5_000 }, async (client) => {
    const { rows } = await client.query<{ data_directory: string }>('show data_directory')
    return rows[0]?.data_directory
  })
}

async function initialise(
  { initdb }: Binaries,
  home: string,
  data: string,
  password: string,
  account: Account,
  onWait: () => void,
): Promise<void> {
  const partial = `${data}.partial`
  const passwordFile = join(home, 'password')
  await rm(partial, { recursive: true, force: true })
  await writeFile(passwordFile, password, { mode: 0o600 })
  if (account) await chown(passwordFile, account.uid, account.gid)
  try {
    const made = run(
      initdb,
      [
        `--pgdata=${partial}`,
        '--auth=scram-sha-256',
        `--username=${SUPERUSER}`,
        `--pwfile=${passwordFile}`,
        '--encoding=UTF8',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
      ],
      { ...account, cwd: home },
    )
    onWait()
    await made
    await rename(partial, data)
  } finally {
    await rm(passwordFile, { force: true })
  }
}

type Account = ReturnType<typeof serverAccount>

/**
 * Processes of a killed server may live a moment longer and hold its memory; PostgreSQL refuses to start beside
 * them, and is asked again until they are gone.
 */
async function launch(...how: Parameters<typeof launchOnce>): Promise<ChildProcess> {
  const deadline = Date.now() + LEFTOVERS_TIMEOUT_MS
  for (;;) {
    try {
      return await launchOnce(...how)
    } catch (error) {
      const leftovers = error instanceof Error && /pre-existing shared memory|lock file/.test(error.message)
      if (!leftovers || Date.now() > deadline) throw error
      await wait(200)
    }
  }
}

async function launchOnce(
  { postgres }: Binaries,
  home: string,
  data: string,
  port: number,
  settings: Readonly<Record<string, string>>,
  account: Account,
  onWait: () => void,
): Promise<ChildProcess> {
  const logFile = join(home, 'server.log')
  const log = openSync(logFile, 'w', 0o600)
  const flags = Object.entries({ ...SERVER_SETTINGS, ...settings, port: String(port) })
  const args = ['-D', data, ...flags.flatMap(([name, value]) => ['-c', `${name}=${value}`])]
  // Its own process group, so that Ctrl-C reaches us first and we stop it in order.
  const child = spawn(postgres, args, { ...account, cwd: home, detached: true, stdio: ['ignore', log, log] })
  closeSync(log)
  child.unref()
  let failure: Error | undefined
  child.once('error', (error) => {
    failure = error
  })
  onWait()

  const deadline = Date.now() + START_TIMEOUT_MS
  while (!(await isReady(data, child.pid))) {
    if (failure || child.exitCode !== null || Date.now() > deadline) {
      const tail = (await readFile(logFile, 'utf8')).split('\n').slice(-12).join('\n')
      throw new Error(`PostgreSQL did not start: ${failure?.message ?? ''}\n${tail}`)
    }
    await wait(10)
  }
  return child
}

/** The last line of postmaster.pid turns to "ready"; pg_ctl waits for the same. */
async function isReady(data: string, pid: number | undefined): Promise<boolean> {
  const lines = (await readOptional(join(data, 'postmaster.pid')))?.split('\n') ?? []
  return Number(lines[0]) === pid && lines[7]?.trim() === 'ready'
}

/** Fast shutdown; where that takes too long, an immediate one: the next start recovers from the log. */
async function stop(data: string, pid: number | undefined): Promise<void> {
  if (pid === undefined) return
  signal(pid, 'SIGINT')
  if (await gone(data, pid)) return
  signal(pid, 'SIGQUIT')
  await gone(data, pid)
}

async function gone(data: string, pid: number): Promise<boolean> {
  const deadline = Date.now() + STOP_TIMEOUT_MS
  while (Date.now() < deadline) {
    if ((await postmasterPid(data)) !== pid || !isAlive(pid)) return true
    await wait(10)
  }
  return false
}

async function postmasterPid(data: string): Promise<number | undefined> {
  const text = await readOptional(join(data, 'postmaster.pid'))
  return text === undefined ? undefined : Number(text.split('\n')[0])
}

/** Another account's process, which may not even be asked, is there too. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name)
  } catch {
    // No such process.
    return false
  }
}

async function load(file: string): Promise<Saved | undefined> {
  const text = await readOptional(file)
  if (text === undefined) return undefined
  const { port, password }: Partial<Saved> = JSON.parse(text)
  if (typeof port !== 'number' || typeof password !== 'string') throw new Error(`${file} is damaged`)
  return { port, password }
}

async function readOptional(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

function serverUrl({ port, password }: Saved): string {
  return `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/postgres`
}

/** The wanted port, or the next free one after it; any for 0. */
export async function freePort(wanted = 0, host = '127.0.0.1'): Promise<number> {
  const server = createServer()
  try {
    return await new Promise<number>((resolve, reject) => {
      server.once('error', reject)
      server.listen(wanted, host, () => {
        const address = server.address()
        resolve(typeof address === 'object' && address ? address.port : wanted)
      })
    })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error
    return await freePort(wanted + 1, host)
  } finally {
    server.close()
  }
}
