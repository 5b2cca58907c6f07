/**
 * A whole UserState for tests, with the rights of the running application: real databases, a real HTTP server, jobs and
 * relay at work, outside parties simulated on sockets. Time passes by `advance`.
 */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { systemCaller } from '../src/kernel/caller.ts'
import { SandboxClock } from '../src/kernel/clock.ts'
import { type Log, silentLog } from '../src/kernel/log.ts'
import { drainAudit } from '../src/platform/audit/relay.ts'
import { verifyAudit } from '../src/platform/audit/verify.ts'
import { createMetrics } from '../src/platform/http/metrics.ts'
import { createHttpServer } from '../src/platform/http/server.ts'
import { advanceClock } from '../src/platform/jobs/drain.ts'
import type { SystemContext } from '../src/platform/system.ts'
import { freePort } from '../src/postgres/embedded.ts'
import { sql } from '../src/postgres/sql.ts'
import type { StaffRole } from '../src/systems/userstate/access/roles.ts'
import { ANCHOR_SCHEMA, auditsDatabase, walletDatabase } from '../src/systems/userstate/databases.ts'
import { userstateErrors } from '../src/systems/userstate/errors.ts'
import { compareBooks } from '../src/systems/userstate/finance/reconciliation.ts'
import { running } from '../src/systems/userstate/running.ts'
import { seed } from '../src/systems/userstate/seeds.ts'
import { createKey } from '../src/systems/userstate/services/api-keys.ts'
import { changeSetting } from '../src/systems/userstate/staff/change-setting.ts'
import { openStore, type Store } from '../src/systems/userstate/store.ts'
import { type CallOptions, callsTo } from './calls.ts'
import { testDatabase } from './database.ts'
import { schedulesAreDue } from './schedules.ts'
import { until } from './until.ts'

export interface Person {
  readonly username: string
  readonly token: string
}

export interface UserstateOptions {
  readonly log?: Log
  readonly environment?: Readonly<Record<string, string>>
}

/** Crowds are limited where a test is about that. */
const LIFTED = { RATE_USER_PER_MINUTE: '1000000', RATE_SERVICE_PER_MINUTE: '1000000' }

export type Userstate = Awaited<ReturnType<typeof openUserstate>>

/** At the top of a test file: `const wallet = await openUserstate()`. */
export async function openUserstate({ log = silentLog, environment = {} }: UserstateOptions = {}) {
  const closing: (() => Promise<unknown>)[] = []
  // Registered before the databases' own, so that everything has stopped when they are dropped.
  after(async () => {
    for (const close of closing.toReversed()) await close()
  })
  const clock = new SandboxClock()
  const [wallets, audits] = [
    await testDatabase(walletDatabase, clock),
    await testDatabase(auditsDatabase, clock),
  ]
  // A trip-wire: whatever a test did, the tables say what the ledger says.
  closing.push(async () => assert.deepEqual(await compareBooks(wallets.db), []))
  const data = await mkdtemp(join(tmpdir(), 'userstate-test-'))
  closing.push(() => rm(data, { recursive: true, force: true }))
  // The simulators run inside the server, and are told where it is before it listens.
  const port = await freePort()
  const baseUrl = `http://127.0.0.1:${port}`
  const opened = (rights: 'db' | 'application') => (name: string) =>
    name === walletDatabase.name ? wallets[rights] : audits[rights]
  const context: SystemContext = {
    environment: { ...LIFTED, ...environment },
    clock,
    log,
    metrics: createMetrics(log),
    dataDirectory: data,
    baseUrl,
    publicUrl: baseUrl,
    houseWork: { tasks: [], cron: [] },
    database: opened('application'),
  }
  await seed({ ...context, database: opened('db') }, { demo: false })
  const store = await openStore(context)
  const system = running(store)
  closing.push(() => system.stop())
  const app = await createHttpServer({
    log,
    errors: userstateErrors,
    version: '0.0.0',
    baseUrl,
    metrics: context.metrics,
    health: { ready: () => true, databases: async () => [] },
    trustedProxies: ['127.0.0.1'],
  })
  closing.push(() => app.close())
  await system.routes(app)
  await app.listen({ port, host: '127.0.0.1' })
  await system.start()
  /** What every start does. */
  const seedAgain = () => seed({ ...context, database: opened('db') }, { demo: false })
  const parts = {
    origin: baseUrl,
    store,
    owner: wallets.db,
    databaseUrl: wallets.url,
    auditsUrl: audits.url,
    clock,
    system,
    seedAgain,
  }
  return Object.assign(actions(parts), parts)
}

interface Parts {
  readonly origin: string
  readonly store: Store
  /** The wallets' database with the owner's rights: for what is there before, and for damage. */
  readonly owner: Store['db']
  readonly clock: SandboxClock
}

interface PersonOptions {
  /** Rupiah in the wallet. */
  readonly balance?: number
  /** "50", "12.5" */
  readonly points?: string
  readonly roles?: readonly StaffRole[]
}

/** The Authorization header of a service. */
export function basic(holder: string, apikey: string) {
  return { authorization: `Basic ${Buffer.from(`${holder}:${apikey}`).toString('base64')}` }
}

let last = 0

function actions({ origin, store, owner, clock }: Parts) {
  const call = callsTo((path) => `${origin}/userstate/v1${path}`)

  /** Nothing is due any more: no job, no event. */
  const drain = async (): Promise<void> => {
    await until(async () => {
      const { busy } = await store.db.one<{ busy: boolean }>(sql`
        select exists (select from graphile_worker._private_jobs
            where locked_at is not null or (run_at <= now() and attempts < max_attempts))
          or exists (select from niaga.inbox where status = 'processing') as busy`)
      return !busy && !(await schedulesAreDue(store.db, clock.now()))
    })
  }

  /** @throws Error where nobody was mailed a code */
  const mailTo = (email: string): string => {
    const mails = store.post.sink?.list(email) ?? []
    // Receipts may be newer.
    const code = mails
      .map(({ text }) => /: (\d{6})\r?\n/.exec(text)?.[1])
      .find((found) => found !== undefined)
    if (code === undefined) throw new Error(`no code was mailed to ${email}`)
    return code
  }

  return {
    get: (path: string, options?: CallOptions) => call('GET', path, options),
    post: (path: string, options?: CallOptions) => call('POST', path, options),
    call,
    drain,

    /** Somebody signed in, made past the API; without a password that works. */
    async person({ balance = 0, points, roles = [] }: PersonOptions = {}): Promise<Person> {
      last += 1
      const number = last
      const username = `person_${number}`
      await owner.run(sql`insert into user_login (username, pwd) values (${username}, 'none')`)
      await owner.run(sql`
        insert into user_info (username, email, first_name, last_name, referral_code, email_verified_at)
          values (${username}, ${`${username}@example.com`}, 'Budi', 'Santoso', ${`CODE${number}`}, now())`)
      await owner.run(sql`
        insert into user_balance (username, balance, onapps_point) values (${username}, ${balance}, ${points ?? null})`)
      for (const role of roles)
        await owner.run(sql`insert into user_role (username, role) values (${username}, ${role})`)
      const { access_token: token } = await store.tokens.issue(username)
      return { username, token }
    },

    /** A new session, where the old one's access token has ended. */
    signIn: async ({ username }: Pick<Person, 'username'>): Promise<Person> => ({
      username,
      token: (await store.tokens.issue(username)).access_token,
    }),

    /** A service's key, for `headers`. */
    async service(
      holder: string,
      scopes: readonly string[] = ['service'],
    ): Promise<{ readonly authorization: string }> {
      const { apikey } = await createKey({ db: owner }, systemCaller, { holder, scopes })
      return basic(holder, apikey)
    },

    /** The code of the newest mail to somebody. */
    async codeFor(email: string): Promise<string> {
      await drain()
      return mailTo(email)
    },

    mailTo,

    /** An admin changes a setting. */
    change: (key: string, value: unknown) => changeSetting(store, systemCaller, key, value),

    /** Time passes for everybody, and what falls due is done. */
    async advance(step: Parameters<SandboxClock['advance']>[0]): Promise<void> {
      await advanceClock(store.db, clock, step)
      await drain()
    },

    proveAudit: () =>
      verifyAudit({
        source: store.db,
        target: store.audits,
        anchorSchema: ANCHOR_SCHEMA,
        anchorPath: store.anchorPath,
      }),

    /** Everything that committed is in the permanent record. */
    async auditArrives(): Promise<void> {
      await until(async () => {
        await drainAudit({ source: store.db, target: store.audits, anchorSchema: ANCHOR_SCHEMA })
        const { waiting } = await store.db.one<{ waiting: boolean }>(
          sql`select exists (select from audit.outbox) as waiting`,
        )
        return !waiting
      })
    },
  }
}
