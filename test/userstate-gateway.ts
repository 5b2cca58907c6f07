/** A whole UserState with a simulated payment gateway whose handle the test holds. */
import { after } from 'node:test'
import { startXenditSimulator } from '../src/gateways/xendit/simulator/start.ts'
import { sql } from '../src/postgres/sql.ts'
import { until } from './until.ts'
import { openUserstate } from './userstate.ts'

const secretKey = 'xnd_development_of_tests'
const callbackToken = 'callback-token-of-tests'

/** At the top of a test file: `const wallet = await openWalletWithGateway()`. */
export async function openWalletWithGateway() {
  const gateway = await startXenditSimulator({ secretKey, merchant: 'UserState' })
  after(gateway.close)
  const environment = {
    XENDIT_BASE_URL: gateway.url,
    XENDIT_SECRET_KEY: secretKey,
    XENDIT_CALLBACK_TOKEN: callbackToken,
    REDIRECT_HOSTS: 'app.example',
  }
  const wallet = await openUserstate({ environment })
  const { simulator: xendit } = gateway
  xendit.webhooks.target = { url: `${wallet.origin}/userstate/v1/webhooks/xendit`, token: callbackToken }
  return Object.assign(wallet, {
    xendit,
    callbackToken,
    /** For a process of its own on the same database and gateway. */
    childEnvironment: { ...environment, DATABASE: wallet.databaseUrl },

    /** Every callback has arrived and, unless it asks for patience, been worked off. */
    async callbacksDone(): Promise<void> {
      await xendit.webhooks.settled()
      await until(async () => {
        const { open } = await wallet.store.db.one<{ open: boolean }>(sql`
          select exists (select from graphile_worker._private_jobs j
            where j.key like 'inbox:%' and (j.locked_at is not null or j.run_at <= now())) as open`)
        return !open
      })
    },

    /** What became of the newest callback. */
    async lastCallback(): Promise<string> {
      const { status } = await wallet.owner.one<{ status: string }>(
        sql`select status from niaga.inbox order by id desc limit 1`,
      )
      return status
    },

    /** So many transactions wait for somebody's lock. */
    async locksAwaited(count: number): Promise<void> {
      await until(async () => {
        const { waiting } = await wallet.owner.one<{ waiting: number }>(sql`
          select count(*)::int4 as waiting from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock'`)
        return waiting === count
      })
    },

    /** A service that is paid, as somebody with a key of its own. */
    async payee(holder: string): Promise<void> {
      await wallet.owner.run(
        sql`insert into api_key (key, holder) values (${`hash of ${holder}`}, ${holder})`,
      )
    },
  })
}
