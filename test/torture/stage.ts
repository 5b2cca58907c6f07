/**
 * Everything that is tortured: PostgreSQL with fsync on, the application as a process of its own, two proxies between
 * the two (one for the permanent records, one for the rest), and Telegram and the gateways simulated here, outside of
 * what gets killed.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { startPakasirSimulator } from '../../src/gateways/pakasir/simulator/start.ts'
import { startTelegramSimulator } from '../../src/gateways/telegram/simulator/index.ts'
import { startXenditSimulator } from '../../src/gateways/xendit/simulator/start.ts'
import { SandboxClock } from '../../src/kernel/clock.ts'
import { openToApplication } from '../../src/postgres/application-role.ts'
import { withDatabase } from '../../src/postgres/connection.ts'
import { type Database, openDatabase } from '../../src/postgres/database.ts'
import { freePort, startEmbedded } from '../../src/postgres/embedded.ts'
import { ensureDatabase } from '../../src/postgres/migrate/run.ts'
import { sql } from '../../src/postgres/sql.ts'
import { quickcartErrors } from '../../src/systems/quickcart/errors.ts'
import { userstateErrors } from '../../src/systems/userstate/errors.ts'
import { killAndWait } from '../house.ts'
import { until } from '../until.ts'
import { Cutter } from './cutter.ts'

const TOKEN = `424242:${'t'.repeat(35)}`
const SECRET = 'webhook-secret-of-torture'
const XENDIT_KEY = 'xnd_development_of_torture'
export const ADMIN = 900_000_001

const DATABASES = ['db_store1', 'db_audits', 'userstate', 'userstate_audits'] as const

export type Stage = Awaited<ReturnType<typeof openStage>>

/** @param root where the application's source lies: the project, or a scratch copy with a bug in it */
export async function openStage(root: string) {
  const data = await mkdtemp(join(tmpdir(), 'niaga-torture-'))
  // Started by root, PostgreSQL works under another account.
  await chmod(data, 0o755)
  const clock = new SandboxClock()
  const directory = join(data, 'postgres')
  let postgres = await startEmbedded(directory)
  const applicationUrl = await openToApplication(postgres)
  for (const name of DATABASES) await ensureDatabase(postgres.url, name)

  const target = () => Number(new URL(postgres.url).port)
  const [businessProxy, auditProxy] = [await Cutter.open(target), await Cutter.open(target)]
  const through = (url: string, name: string, proxy: Cutter) => {
    const changed = new URL(withDatabase(url, name))
    changed.port = String(proxy.port)
    return changed.href
  }
  const telegram = await startTelegramSimulator({ token: TOKEN, clock })
  const gateway = await startPakasirSimulator({ project: 'shop', apiKey: 'pakasir-key', clock })
  const bank = await startXenditSimulator({ secretKey: XENDIT_KEY, merchant: 'UserState', clock })
  const port = await freePort(20_000 + Math.floor(Math.random() * 20_000), '127.0.0.1')
  const origin = `http://127.0.0.1:${port}`
  gateway.simulator.webhooks.target = { url: `${origin}/webhooks/pakasir?token=${SECRET}`, secret: SECRET }
  bank.simulator.webhooks.target = { url: `${origin}/userstate/v1/webhooks/xendit`, token: SECRET }
  const environment = () => ({
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    TORTURE_CLOCK_OFFSET_MS: String(clock.offsetMs),
    NIAGA_DATA: join(data, 'application'),
    NIAGA_PORT: String(port),
    NIAGA_DEMO: 'false',
    NIAGA_LOG_LEVEL: 'warn',
    NIAGA_POSTGRES_URL: through(postgres.url, 'postgres', businessProxy),
    NIAGA_POSTGRES_APP_URL: through(applicationUrl, 'postgres', businessProxy),
    NIAGA_DB_STORE1_URL: through(postgres.url, 'db_store1', businessProxy),
    NIAGA_DB_STORE1_APP_URL: through(applicationUrl, 'db_store1', businessProxy),
    NIAGA_DB_AUDITS_URL: through(postgres.url, 'db_audits', auditProxy),
    NIAGA_DB_AUDITS_APP_URL: through(applicationUrl, 'db_audits', auditProxy),
    NIAGA_USERSTATE_AUDITS_URL: through(postgres.url, 'userstate_audits', auditProxy),
    NIAGA_USERSTATE_AUDITS_APP_URL: through(applicationUrl, 'userstate_audits', auditProxy),
    NIAGA_FIELD_KEYS: `torture:${Buffer.alloc(32, 1).toString('base64')}`,
    ADMIN_USER_IDS: String(ADMIN),
    TELEGRAM_BOT_TOKEN: TOKEN,
    TELEGRAM_API_ROOT: telegram.url,
    PAKASIR_BASE_URL: gateway.url,
    PAKASIR_PROJECT_SLUG: 'shop',
    PAKASIR_API_KEY: 'pakasir-key',
    PAKASIR_WEBHOOK_SECRET: SECRET,
    XENDIT_BASE_URL: bank.url,
    XENDIT_SECRET_KEY: XENDIT_KEY,
    XENDIT_CALLBACK_TOKEN: SECRET,
    // Limits would make every race a rare one.
    RATE_REGISTER_PER_HOUR: '1000000',
    RATE_USER_PER_MINUTE: '1000000',
    RATE_SERVICE_PER_MINUTE: '1000000',
  })
  const open = (name: (typeof DATABASES)[number]) => {
    const errors = name.startsWith('db_') ? quickcartErrors : userstateErrors
    return openDatabase({ name, url: withDatabase(postgres.url, name), errors, clock })
  }
  const openAll = () => ({
    db: open('db_store1'),
    audits: open('db_audits'),
    wallet: open('userstate'),
    walletAudits: open('userstate_audits'),
  })
  let databases = openAll()
  const closeAll = () => Promise.all(Object.values(databases).map((database) => database.close()))
  let child: ChildProcess | undefined

  async function kill(): Promise<void> {
    const dying = child
    child = undefined
    if (!dying || dying.exitCode !== null || dying.signalCode !== null) return
    const ended = once(dying, 'exit')
    dying.kill('SIGKILL')
    await ended
  }

  async function start(): Promise<void> {
    const output = openSync(join(data, 'application.out'), 'a')
    const started = spawn(process.execPath, [join(root, 'test', 'torture', 'application.ts')], {
      env: environment(),
      cwd: root,
      stdio: ['ignore', output, output, 'ipc'],
    })
    closeSync(output)
    child = started
    await until(async () => {
      if (started.exitCode !== null) throw new Error(`the application ended, see ${data}/application.out`)
      const ready = await fetch(`${origin}/health/ready`).catch(() => undefined)
      return ready?.ok ?? false
    }, 300_000)
  }

  async function restartPostgres(): Promise<void> {
    // Their server is gone already.
    await closeAll().catch(() => undefined)
    postgres = await startEmbedded(directory)
    databases = openAll()
  }

  return {
    data,
    origin,
    clock,
    telegram: telegram.simulator,
    pakasir: gateway.simulator,
    xendit: bank.simulator,
    businessProxy,
    auditProxy,
    /** With the owner's rights, and not through the proxy. */
    get db(): Database {
      return databases.db
    },
    get audits(): Database {
      return databases.audits
    },
    get wallet(): Database {
      return databases.wallet
    },
    get walletAudits(): Database {
      return databases.walletAudits
    },
    anchorsOf: (system: string) => join(data, 'application', `${system}-audit-anchors.jsonl`),
    isRunning: () => child !== undefined && child.exitCode === null && child.signalCode === null,
    start,
    kill,
    restartPostgres,
    /** SIGKILL, as if its machine had lost it. */
    async killPostgres(): Promise<void> {
      const file = join(postgres.dataDirectory, 'postmaster.pid')
      await killAndWait(Number(readFileSync(file, 'utf8').split('\n')[0]))
    },
    /** Moves everybody's time, and with it what waits in the queue. */
    async advance(step: Parameters<SandboxClock['advance']>[0]): Promise<void> {
      clock.advance(step)
      child?.send(clock.offsetMs)
      for (const database of [databases.db, databases.wallet]) {
        await database.run(
          sql`select niaga.set_clock_offset(make_interval(secs => ${clock.offsetMs / 1000}))`,
        )
      }
    },
    /** @param keep the data stays, for a person to look at; answers how */
    async close({ keep }: { keep: boolean }): Promise<string | undefined> {
      await kill()
      await closeAll()
      businessProxy.close()
      auditProxy.close()
      await Promise.all([telegram.close(), gateway.close(), bank.close()])
      if (keep) return `${data}\n  psql '${withDatabase(postgres.url, 'db_store1')}' (or userstate)`
      await postgres.stop()
      await wait(50)
      await rm(data, { recursive: true, force: true })
      return undefined
    },
  }
}
