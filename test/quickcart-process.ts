/** QuickCart as a process of its own, to be killed: the real application against clones and simulators. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { startPakasirSimulator } from '../src/gateways/pakasir/simulator/start.ts'
import { startTelegramSimulator } from '../src/gateways/telegram/simulator/index.ts'
import { freePort } from '../src/postgres/embedded.ts'
import { auditsDatabase, storeDatabase } from '../src/systems/quickcart/databases.ts'
import { auditsDatabase as walletAuditsDatabase, walletDatabase } from '../src/systems/userstate/databases.ts'
import { testDatabase } from './database.ts'
import { until } from './until.ts'

const ROOT = join(import.meta.dirname, '..')
const TOKEN = `424242:${'t'.repeat(35)}`
const SECRET = 'webhook-secret-of-tests'

/** At the top of a test file. The process is started by `start` and ended by `kill`, as often as wanted. */
export async function shopProcess() {
  const [shop, audits] = [await testDatabase(storeDatabase), await testDatabase(auditsDatabase)]
  // Without them the house would start a PostgreSQL of its own for its wallets, which outlives a killed one.
  const [wallets, walletAudits] = [
    await testDatabase(walletDatabase),
    await testDatabase(walletAuditsDatabase),
  ]
  const telegram = await startTelegramSimulator({ token: TOKEN })
  const gateway = await startPakasirSimulator({ project: 'shop', apiKey: 'pakasir-key' })
  const data = await mkdtemp(join(tmpdir(), 'quickcart-process-'))
  const port = await freePort(20_000 + Math.floor(Math.random() * 20_000), '127.0.0.1')
  const origin = `http://127.0.0.1:${port}`
  gateway.simulator.webhooks.target = { url: `${origin}/webhooks/pakasir?token=${SECRET}` }
  const environment = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
    NIAGA_DATA: data,
    NIAGA_PORT: String(port),
    NIAGA_DEMO: 'false',
    NIAGA_LOG_LEVEL: 'warn',
    NIAGA_DB_STORE1_URL: shop.url,
    NIAGA_DB_AUDITS_URL: audits.url,
    NIAGA_USERSTATE_URL: wallets.url,
    NIAGA_USERSTATE_AUDITS_URL: walletAudits.url,
    NIAGA_FIELD_KEYS: `test:${Buffer.alloc(32, 1).toString('base64')}`,
    TELEGRAM_BOT_TOKEN: TOKEN,
    TELEGRAM_API_ROOT: telegram.url,
    PAKASIR_BASE_URL: gateway.url,
    PAKASIR_PROJECT_SLUG: 'shop',
    PAKASIR_API_KEY: 'pakasir-key',
    PAKASIR_WEBHOOK_SECRET: SECRET,
  }
  let child: ReturnType<typeof spawn> | undefined

  async function kill(): Promise<void> {
    const dying = child
    child = undefined
    if (!dying || dying.exitCode !== null) return
    const ended = once(dying, 'exit')
    dying.kill('SIGKILL')
    await ended
  }

  async function start(): Promise<void> {
    const started = spawn(process.execPath, [join(ROOT, 'src/app/main.ts'), 'start'], {
      env: environment,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let said = ''
    started.stderr?.on('data', (text) => {
      said += String(text)
    })
    started.on('exit', (code) => {
      if (child === started) console.error(`the application ended by itself with ${code}: ${said}`)
    })
    child = started
    await until(async () => {
      if (started.exitCode !== null) throw new Error(`the application ended: ${said}`)
      const ready = await fetch(`${origin}/health/ready`).catch(() => undefined)
      return ready?.ok ?? false
    }, 300_000)
  }

  after(async () => {
    await kill()
    await Promise.all([telegram.close(), gateway.close()])
    await rm(data, { recursive: true, force: true })
  })
  return {
    /** With the owner's rights. */
    db: shop.db,
    audits: audits.db,
    origin,
    telegram: telegram.simulator,
    pakasir: gateway.simulator,
    start,
    kill,
  }
}
