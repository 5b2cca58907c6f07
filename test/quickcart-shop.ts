/**
 * A whole QuickCart for tests, with the rights of the running application: real databases, a real HTTP server, jobs,
 * relay and bot at work, Telegram and the gateway simulated on sockets of their own. Time passes by `advance`.
 */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { createPakasirClient } from '../src/gateways/pakasir/client.ts'
import type { PakasirSimulator } from '../src/gateways/pakasir/simulator/simulator.ts'
import { startPakasirSimulator } from '../src/gateways/pakasir/simulator/start.ts'
import { startTelegramSimulator, type TelegramSimulator } from '../src/gateways/telegram/simulator/index.ts'
import { systemCaller } from '../src/kernel/caller.ts'
import { SandboxClock } from '../src/kernel/clock.ts'
import { type Log, silentLog } from '../src/kernel/log.ts'
import { wholeMoney } from '../src/kernel/money.ts'
import { drainAudit } from '../src/platform/audit/relay.ts'
import { createMetrics } from '../src/platform/http/metrics.ts'
import { createHttpServer } from '../src/platform/http/server.ts'
import { advanceClock } from '../src/platform/jobs/drain.ts'
import type { SystemContext } from '../src/platform/system.ts'
import { freePort } from '../src/postgres/embedded.ts'
import { sql } from '../src/postgres/sql.ts'
import { createProduct } from '../src/systems/quickcart/catalog/create-product.ts'
import { auditsDatabase, storeDatabase } from '../src/systems/quickcart/databases.ts'
import { quickcartErrors } from '../src/systems/quickcart/errors.ts'
import { running } from '../src/systems/quickcart/running.ts'
import { addStock } from '../src/systems/quickcart/stock/add-stock.ts'
import { openStore, type Store } from '../src/systems/quickcart/store.ts'
import { firstStore } from '../src/systems/quickcart/stores/store-identity.ts'
import { type CallOptions, callsTo } from './calls.ts'
import { testDatabase } from './database.ts'
import { until } from './until.ts'

const TOKEN = `424242:${'t'.repeat(35)}`
export const WEBHOOK_SECRET = 'webhook-secret-of-tests'
/** The real ten seconds would be ten seconds of every test with a gateway that hangs; a busy machine needs some. */
const GATEWAY_TIMEOUT_MS = 3_000

export interface Customer {
  readonly id: number
  readonly token: string
}

interface CustomerOptions {
  readonly balance?: string
  readonly role?: 'customer' | 'reseller' | 'admin'
  readonly name?: string
}

export type Shop = Awaited<ReturnType<typeof openShop>>

export interface ShopOptions {
  readonly log?: Log
  /** Variables besides those that name the simulators. */
  readonly environment?: Readonly<Record<string, string>>
}

/** At the top of a test file: `const shop = await openShop()`. */
export async function openShop({ log = silentLog, environment = {} }: ShopOptions = {}) {
  const closing: (() => Promise<unknown>)[] = []
  // Registered before the databases' own, so that everything has stopped when they are dropped.
  after(async () => {
    for (const close of closing.toReversed()) await close()
  })
  const clock = new SandboxClock()
  const [shopDb, auditDb] = [
    await testDatabase(storeDatabase, clock),
    await testDatabase(auditsDatabase, clock),
  ]
  const telegram = await startTelegramSimulator({ token: TOKEN, clock })
  const gateway = await startPakasirSimulator({ project: 'shop', apiKey: 'pakasir-key', clock })
  const data = await mkdtemp(join(tmpdir(), 'quickcart-test-'))
  closing.push(() => rm(data, { recursive: true, force: true }), telegram.close, gateway.close)

  const databases = new Map([
    [storeDatabase.name, shopDb.application],
    [auditsDatabase.name, auditDb.application],
  ])
  const metrics = createMetrics(log)
  // Telegram is told the address before the server knows its port; nobody else is.
  const port = environment.TELEGRAM_MODE === 'webhook' ? await freePort() : 0
  const baseUrl = `http://127.0.0.1:${port}`
  const context: SystemContext = {
    environment: {
      TELEGRAM_BOT_TOKEN: TOKEN,
      TELEGRAM_API_ROOT: telegram.url,
      TELEGRAM_WEBHOOK_SECRET: 'telegram-secret',
      PAKASIR_BASE_URL: gateway.url,
      PAKASIR_PROJECT_SLUG: 'shop',
      PAKASIR_API_KEY: 'pakasir-key',
      PAKASIR_WEBHOOK_SECRET: WEBHOOK_SECRET,
      NIAGA_FIELD_KEYS: `test:${Buffer.alloc(32, 1).toString('base64')}`,
      ...environment,
    },
    clock,
    log,
    metrics,
    dataDirectory: data,
    baseUrl,
    publicUrl: baseUrl,
    houseWork: { tasks: [], cron: [] },
    database: (name) => {
      const database = databases.get(name)
      if (!database) throw new TypeError(`no database ${name}`)
      return database
    },
  }
  const opened = await openStore(firstStore, context)
  const store: Store = {
    ...opened,
    pakasir: createPakasirClient({ ...opened.config.pakasir, clock, log, timeoutMs: GATEWAY_TIMEOUT_MS }),
  }
  const system = running(store)
  closing.push(() => system.stop())
  const app = await createHttpServer({
    log,
    errors: quickcartErrors,
    version: '0.0.0',
    baseUrl: 'http://127.0.0.1',
    metrics,
    health: { ready: () => true, databases: async () => [] },
    trustedProxies: [],
  })
  closing.push(() => app.close())
  await system.routes(app)
  const origin = await app.listen({ port, host: '127.0.0.1' })
  gateway.simulator.webhooks.target = {
    url: `${origin}/webhooks/pakasir?token=${WEBHOOK_SECRET}`,
    secret: WEBHOOK_SECRET,
  }
  await system.start()
  const parts = {
    origin,
    store,
    /** The databases with the owner's rights: for what is there before, and for damage. */
    owner: { db: shopDb.db, audits: auditDb.db },
    clock,
    telegram: telegram.simulator,
    pakasir: gateway.simulator,
    system,
  }
  return Object.assign(actions(parts), parts, { baseUrl: `${origin}/quickcart/v1` })
}

interface Parts {
  readonly origin: string
  readonly store: Store
  readonly owner: Pick<Store, 'db' | 'audits'>
  readonly clock: SandboxClock
  readonly telegram: TelegramSimulator
  readonly pakasir: PakasirSimulator
}

/** The bank number is its end: other than those of quickcart-chat.ts. */
// Six digits of it make the bank id: apart from those of quickcart-chat.ts.
let lastPerson = 300_500_000
let lastProduct = 1_000

function actions({ origin, store, owner, clock, telegram, pakasir }: Parts) {
  const call = callsTo((path) => `${origin}${path.startsWith('/webhooks') ? '' : '/quickcart/v1'}${path}`)

  /** Nothing is due any more: no job, no message, no event, no webhook on its way. */
  const drain = async (): Promise<void> => {
    await until(async () => {
      await pakasir.webhooks.settled()
      const { busy } = await store.db.one<{ busy: boolean }>(sql`
        select exists (select from graphile_worker._private_jobs
            where locked_at is not null or (run_at <= now() and attempts < max_attempts))
          or exists (select from telegram_outbox where status = 'sending'
            or (status = 'queued' and next_attempt_at <= ${clock.now()}))
          or exists (select from niaga.inbox where status = 'processing') as busy`)
      return !busy
    })
  }

  return {
    get: (path: string, options?: CallOptions) => call('GET', path, options),
    post: (path: string, options?: CallOptions) => call('POST', path, options),
    call,
    drain,

    /** Somebody known to Telegram and signed in. */
    async customer({ balance, role, name = 'Budi' }: CustomerOptions = {}): Promise<Customer> {
      lastPerson += 1
      const id = lastPerson
      telegram.addUser({ id, first_name: name })
      await owner.db.run(sql`
        insert into users (id, name, bank_id, member_status, account_balance)
          values (${id}, ${name}, ${String(id).slice(-6)}, ${role ?? 'customer'}, ${balance ?? '0'})`)
      const { status, body } = await call('POST', '/auth/telegram', {
        body: { init_data: telegram.initData(id) },
      })
      if (status !== 200) throw new Error(`sign-in answered ${status}: ${JSON.stringify(body)}`)
      return { id, token: body.access_token }
    },

    /** A product with that many goods, "KEY-<id>-<n>". */
    async product({ price = 30_000, stock = 5 }: { price?: number; stock?: number } = {}): Promise<number> {
      lastProduct += 1
      const id = lastProduct
      await createProduct(store, systemCaller, {
        id,
        name: `Produk ${id}`,
        customerPrice: wholeMoney('IDR', price),
      })
      const contents = Array.from({ length: stock }, (_, i) => `KEY-${id}-${i + 1}`)
      if (stock > 0) await addStock(store, systemCaller, { productId: id, contents })
      return id
    },

    /** Orders by HTTP. */
    order(
      as: Customer,
      productId: number,
      options: { quantity?: number; method?: string; key?: string; voucher?: string } = {},
    ) {
      const { quantity = 1, method = 'qris', key = `k-${crypto.randomUUID()}`, voucher } = options
      return call('POST', '/orders', {
        as,
        key,
        body: {
          items: [{ product_id: productId, quantity }],
          payment_method: method,
          ...(voucher === undefined ? {} : { voucher_code: voucher }),
        },
      })
    },

    /** Time passes for everybody, and what falls due is done. */
    async advance(step: Parameters<SandboxClock['advance']>[0]): Promise<void> {
      await advanceClock(store.db, clock, step)
      await drain()
    },

    /** Everything that committed is in db_audits. */
    async auditArrives(): Promise<void> {
      await until(async () => {
        await drainAudit({ source: store.db, target: store.audits })
        const { waiting } = await store.db.one<{ waiting: boolean }>(
          sql`select exists (select from audit.outbox) as waiting`,
        )
        return !waiting
      })
    },
  }
}
