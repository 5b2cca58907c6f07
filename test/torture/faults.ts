/** What strikes while people shop. Each fault ends by itself; `heal` makes sure of it before anything is compared. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Database } from '../../src/postgres/database.ts'
import { sql } from '../../src/postgres/sql.ts'
import type { Random } from '../random.ts'
import type { Stage } from './stage.ts'

export type Fault = (stage: Stage, random: Random) => Promise<void>

export const FAULTS = {
  'kill the application': async (stage) => {
    await stage.kill()
    await stage.start()
  },
  'kill PostgreSQL': async (stage) => {
    await stage.killPostgres()
    await stage.restartPostgres()
  },
  'kill both': async (stage) => {
    await Promise.all([stage.kill(), stage.killPostgres()])
    await stage.restartPostgres()
    await stage.start()
  },
  'kill a backend': async (stage) => {
    const { pid } = await stage.db.one<{ pid: number }>(sql`
      select pid from pg_stat_activity where application_name = 'niaga' and pid <> pg_backend_pid()
        order by random() limit 1`)
    process.kill(pid, 'SIGKILL')
  },
  'cut connections': async (stage, random) => {
    for (let times = 0; times < 6; times++) {
      stage.businessProxy.cutAll(random.chance(0.5) ? 1 : 0.5)
      await wait(200 + random.int(400))
    }
  },
  'lose the answers of commits': async (stage) => {
    stage.businessProxy.commitsToSwallow = 6
    await wait(2_500)
  },
  'lose commits': async (stage) => {
    stage.businessProxy.commitsToCut = 6
    await wait(2_500)
  },
  'terminate backends': async (stage, random) => {
    for (let times = 0; times < 4; times++) {
      await stage.db.run(sql`
        select pg_terminate_backend(pid) from pg_stat_activity
          where datname in ('db_store1', 'userstate') and pid <> pg_backend_pid() and random() < 0.5`)
      await wait(200 + random.int(500))
    }
  },
  'serialization failures': async (stage) => await withTrigger(stage, `'40001'`),
  'deadlock victims': async (stage) => await withTrigger(stage, `'40P01'`),
  deadlocks: async (stage, random) => {
    for (let times = 0; times < 3; times++) await deadlock(stage, random)
  },
  'the gateways hang after the effect': async (stage) => {
    stage.pakasir.faults.arm({ kind: 'timeout_after_effect', endpoint: 'create', times: 2 })
    stage.xendit.faults.arm({ kind: 'timeout_after_effect', endpoint: 'create_invoice', times: 2 })
    stage.xendit.faults.arm({ kind: 'timeout_after_effect', endpoint: 'create_payout', times: 2 })
    await wait(1_000)
  },
  'the gateways are down': async (stage, random) => {
    for (const { faults } of [stage.pakasir, stage.xendit])
      faults.arm({ kind: random.pick(['outage', 'server_error', 'malformed', 'too_many_requests']) })
    await wait(1_500)
    for (const { faults } of [stage.pakasir, stage.xendit]) faults.clear()
  },
  'the gateways fail now and then': async (stage) => {
    for (const { faults } of [stage.pakasir, stage.xendit])
      for (const kind of ['server_error', 'outage'] as const) faults.arm({ kind, times: 4 })
    await wait(1_000)
  },
  'the audit databases are away': async (stage) => {
    stage.auditProxy.shut = true
    await wait(3_000)
    stage.auditProxy.shut = false
  },
  'Telegram fails': async (stage) => {
    stage.telegram.fault({ kind: 'server_error', times: 10 })
    stage.telegram.fault({ kind: 'rate_limited', retryAfter: 1, times: 5 })
    stage.telegram.fault({ kind: 'duplicate_updates', times: 5 })
    stage.telegram.fault({ kind: 'reorder_updates', times: 3 })
    await wait(1_500)
  },
  'eleven minutes pass': async (stage) => await stage.advance({ minutes: 11 }),
  'a day passes': async (stage) => await stage.advance({ days: 1, minutes: 3 }),
} as const satisfies Record<string, Fault>

export type FaultName = keyof typeof FAULTS

/** Everybody behaves again, and everything runs. */
export async function heal(stage: Stage): Promise<void> {
  stage.businessProxy.heal()
  stage.auditProxy.heal()
  stage.pakasir.behave()
  stage.xendit.behave()
  stage.telegram.clearFaults()
  if (!stage.isRunning()) await stage.start()
}

const INSERTED = {
  shop: ['orders', 'payments', 'telegram_outbox'],
  wallet: ['user_transaction', 'payout', 'point_mutation'],
} as const

/** Every fourth insert of an order, a payment or a mutation fails, as under a higher isolation. */
async function withTrigger(stage: Stage, sqlState: string): Promise<void> {
  const places = () =>
    [
      [stage.db, INSERTED.shop],
      [stage.wallet, INSERTED.wallet],
    ] as const
  for (const [db, tables] of places()) {
    await db.run(
      sql.raw(`create or replace function niaga.torture() returns trigger language plpgsql as $$ begin
      if random() < 0.25 then raise exception 'torture' using errcode = ${sqlState}; end if; return new; end $$`),
    )
    await db.run(sql`grant execute on function niaga.torture() to public`)
    for (const table of tables) {
      await db.run(
        sql.raw(
          `create or replace trigger torture before insert on ${table} for each row execute function niaga.torture()`,
        ),
      )
    }
  }
  await wait(2_000)
  for (const [db, tables] of places())
    for (const table of tables) await db.run(sql.raw(`drop trigger if exists torture on ${table}`))
}

/** Somebody at psql locks what the businesses lock, the other way round. */
async function deadlock(stage: Stage, random: Random): Promise<void> {
  await Promise.all([
    backwards(stage.db, random, {
      first: `select user_id as whose from payments where status in ('creating', 'awaiting')
        order by random() limit 1 for update skip locked`,
      second: 'select from users where id = $1 for update',
    }),
    backwards(stage.wallet, random, {
      first: `select username as whose from user_transaction where status = 'PENDING'
        order by random() limit 1 for update skip locked`,
      second: 'select from user_login where username = $1 for update',
    }),
  ])
}

async function backwards(
  db: Database,
  random: Random,
  { first, second }: { readonly first: string; readonly second: string },
): Promise<void> {
  const client = await db.pool.connect()
  client.on('error', () => undefined)
  try {
    await client.query('begin')
    const { rows } = await client.query<{ whose: unknown }>(first)
    await wait(200 + random.int(300))
    if (rows[0]) await client.query(second, [rows[0].whose])
    await client.query('rollback')
    client.release()
  } catch {
    // We are the victim, this time.
    client.release(true)
  }
}
