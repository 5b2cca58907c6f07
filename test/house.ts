/** The whole application as a person starts it, for tests: a real process over a data folder of its own. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from './until.ts'

const NIAGA = join(import.meta.dirname, '..', 'bin', 'niaga')

export interface RunningHouse {
  readonly child: ChildProcess
  /** Without a slash at the end. */
  readonly url: string
}

export interface Finished {
  readonly code: number
  /** Standard output and standard error, as they came. */
  readonly text: string
}

export interface HouseFolder {
  readonly data: string
  /** Its `.env` file; none at first. */
  readonly envFile: string
  /** `niaga start`; resolves when it says that it is ready. */
  start(extra?: Record<string, string>): Promise<RunningHouse>
  /** Its embedded server with the owner's rights, while it runs. */
  databaseUrl(name: string): Promise<string>
  /** Any other command of `niaga`, to its end. */
  run(words: readonly string[], extra?: Record<string, string>): Promise<Finished>
  remove(): Promise<void>
}

export async function houseFolder(): Promise<HouseFolder> {
  const data = await mkdtemp(join(tmpdir(), 'niaga-house-'))
  // Started by root, PostgreSQL works under another account, and elsewhere if that one may not pass here.
  await chmod(data, 0o755)
  const envFile = join(data, '.env')
  const environment = {
    ...process.env,
    NIAGA_DATA: data,
    NIAGA_ENV_FILE: envFile,
    NIAGA_PORT: '0',
    NODE_TEST_CONTEXT: '',
  }
  const niaga = (words: readonly string[], extra: Record<string, string> = {}) =>
    launch(words, { ...environment, ...extra })
  return {
    data,
    envFile,
    async start(extra) {
      const { child, said } = niaga(['start'], extra)
      await until(() => {
        assert.equal(child.exitCode, null, said.text)
        return /is ready/.test(said.text)
      }, 300_000)
      const url = /http:\/\/\S+?(?=\/\s)/.exec(said.text)?.[0]
      assert.ok(url, said.text)
      return { child, url }
    },
    async databaseUrl(name) {
      const text = await readFile(join(data, 'postgres', 'server.json'), 'utf8')
      const { port, password }: { port: number; password: string } = JSON.parse(text)
      return `postgres://postgres:${password}@127.0.0.1:${port}/${name}`
    },
    async run(words, extra) {
      const { child, said } = niaga(words, extra)
      const [code] = await once(child, 'close')
      return { code: Number(code), text: said.text }
    },
    async remove() {
      await rm(data, { recursive: true, force: true })
    },
  }
}

/** SIGKILL for the whole process group: the launcher and the Node behind it. */
export async function killHouse({ child }: RunningHouse): Promise<void> {
  await killAndWait(-Number(child.pid))
}

/** SIGKILL for a process, or a group where the number is negative; resolves when nobody of it is left. */
export async function killAndWait(pid: number): Promise<void> {
  process.kill(pid, 'SIGKILL')
  await until(() => !isThere(pid))
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Asks it to stop, as Ctrl-C does. Answers its exit code. */
export async function stopHouse({ child }: RunningHouse): Promise<number> {
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const [code] = await exited
  return Number(code)
}

function launch(words: readonly string[], env: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, [NIAGA, ...words], { env, detached: true })
  const said = { text: '' }
  const listen = (chunk: Buffer) => {
    said.text += chunk.toString()
  }
  child.stdout.on('data', listen)
  child.stderr.on('data', listen)
  return { child, said }
}
