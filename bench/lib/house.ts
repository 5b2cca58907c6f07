/**
 * The whole application as a process of its own, on a PostgreSQL of the benchmark's, durable as in production. The
 * outside parties are simulated here, not there: what they cost is not the application's.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { startPakasirSimulator } from '../../src/gateways/pakasir/simulator/start.ts'
import {
  startTelegramSimulator,
  type TelegramSimulator,
} from '../../src/gateways/telegram/simulator/index.ts'
import type { XenditSimulator } from '../../src/gateways/xendit/simulator/simulator.ts'
import { startXenditSimulator } from '../../src/gateways/xendit/simulator/start.ts'
import { databaseName, withDatabase } from '../../src/postgres/connection.ts'
import { startEmbedded } from '../../src/postgres/embedded.ts'

export const BOT_TOKEN = `424242:${'b'.repeat(35)}`
/** Told of every order, as the admin of a real shop is. */
const ADMIN = 900_000_001
const CALLBACK_TOKEN = 'callback-token-of-benchmarks'
const MAIN = join(import.meta.dirname, '..', '..', 'src', 'app', 'niaga.mjs')

export interface BenchHouse extends AsyncDisposable {
  /** Without a slash at the end. */
  readonly url: string
  /** The maintenance database, with the owner's rights. */
  readonly serverUrl: string
  /** The end of what PostgreSQL logged. */
  readonly serverLog: string
  /** One of its databases: "db_store1". */
  database(name: string): string
  /** Stops the application and starts it again on the same data. */
  restart(): Promise<void>
  readonly process: ChildProcess
  readonly telegram: TelegramSimulator
  readonly xendit: XenditSimulator
}

/**
 * `await using house = await benchHouse()` stops it and removes its data. `settings`: PostgreSQL's. `keep`: a folder
 * whose data stays, and is found again.
 */
export async function benchHouse(
  settings: Readonly<Record<string, string>> = {},
  keep?: string,
): Promise<BenchHouse> {
  if (keep !== undefined) await mkdir(keep, { recursive: true })
  const folder = keep ?? (await mkdtemp(join(tmpdir(), 'niaga-bench-')))
  await chmod(folder, 0o755)
  const server = await startEmbedded(join(folder, 'postgres'), {
    max_wal_size: '8GB',
    shared_buffers: '2GB',
    ...settings,
  })
  const telegram = await startTelegramSimulator({ token: BOT_TOKEN })
  const gateway = await startPakasirSimulator({ project: 'shop', apiKey: 'pakasir-key' })
  const bank = await startXenditSimulator({ secretKey: 'xendit-key', merchant: 'UserState' })
  telegram.simulator.addUser({ id: ADMIN, first_name: 'Admin' })
  const environment = {
    ...process.env,
    NIAGA_DATA: folder,
    NIAGA_PORT: '0',
    NIAGA_LOG_LEVEL: 'warn',
    NIAGA_DEMO: 'false',
    ADMIN_USER_IDS: String(ADMIN),
    NIAGA_POSTGRES_URL: server.url,
    NIAGA_FIELD_KEYS: `bench:${Buffer.alloc(32, 1).toString('base64')}`,
    TELEGRAM_BOT_TOKEN: BOT_TOKEN,
    TELEGRAM_API_ROOT: telegram.url,
    PAKASIR_BASE_URL: gateway.url,
    PAKASIR_PROJECT_SLUG: 'shop',
    PAKASIR_API_KEY: 'pakasir-key',
    PAKASIR_WEBHOOK_SECRET: 'webhook-secret',
    XENDIT_BASE_URL: bank.url,
    XENDIT_SECRET_KEY: 'xendit-key',
    XENDIT_CALLBACK_TOKEN: CALLBACK_TOKEN,
    // A benchmark is one caller.
    RATE_USER_PER_MINUTE: '1000000',
    RATE_SERVICE_PER_MINUTE: '1000000',
  }
  const open = async () => {
    const opened = await start(environment)
    bank.simulator.webhooks.target = {
      url: `${opened.url}/userstate/v1/webhooks/xendit`,
      token: CALLBACK_TOKEN,
    }
    return opened
  }
  let running = await open()
  return {
    get url() {
      return running.url
    },
    get process() {
      return running.child
    },
    telegram: telegram.simulator,
    xendit: bank.simulator,
    serverUrl: server.url,
    serverLog: join(folder, 'postgres', 'server.log'),
    database: (name) => withDatabase(server.url, name),
    async restart() {
      await stop(running.child)
      running = await open()
    },
    async [Symbol.asyncDispose]() {
      await stop(running.child)
      await Promise.all([telegram.close(), gateway.close(), bank.close(), server.stop()])
      if (keep === undefined) await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Resident memory of a process in MB; Linux only. */
export function residentMb({ pid }: ChildProcess): number {
  const kb = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kb) / 1024
}

/** What V8 keeps of the application's memory, in MB, as it tells Prometheus. */
export async function heapMb({ url }: BenchHouse): Promise<number> {
  const answer = await fetch(`${url}/metrics`)
  const bytes = /^nodejs_heap_size_used_bytes (\S+)/m.exec(await answer.text())?.[1]
  return Number(bytes) / 1_000_000
}

const IDLE_WITHIN_MS = 5 * 60_000

/**
 * Nothing is due any more in this database, and the audit has all that happened.
 * @throws Error where it does not come to rest.
 */
export async function idle(database: string): Promise<void> {
  const deadline = performance.now() + IDLE_WITHIN_MS
  while (performance.now() < deadline) {
    const [{ busy } = { busy: true }] = await query<{ busy: boolean }>(
      database,
      `select exists (select from audit.outbox) or exists (select from graphile_worker._private_jobs
        where locked_at is not null or (run_at <= now() and attempts < max_attempts)) as busy`,
    )
    if (!busy) return
    await wait(200)
  }
  throw new Error(`${databaseName(database)} does not come to rest`)
}

/** Starts the application; resolves when it says that it is ready. */
export async function start(env: NodeJS.ProcessEnv): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, ['--max-semi-space-size=2', MAIN, 'start'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  for await (const chunk of child.stdout) {
    said += String(chunk)
    const url = /is ready[\s\S]*?(http:\/\/[^/\s]+)\//.exec(said)?.[1]
    if (url !== undefined) return { child, url }
  }
  throw new Error(`the application ended before it was ready: ${said}`)
}

export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  await exited
}

export async function query<Row extends pg.QueryResultRow>(
  url: string,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Row>(text, [...values])).rows
  } finally {
    await client.end()
  }
}
