/** What strikes while people shop. Each fault ends by itself; `heal` makes sure of it before anything is compared. */
import { setTimeout as wait } from 'node:timers/promises'
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
      stage.shopProxy.cutAll(random.chance(0.5) ? 1 : 0.5)
      await wait(200 + random.int(400))
    }
  },
  'lose the answers of commits': async (stage) => {
    stage.shopProxy.commitsToSwallow = 6
    await wait(2_500)
  },
  'lose commits': async (stage) => {
    stage.shopProxy.commitsToCut = 6
    await wait(2_500)
  },
  'terminate backends': async (stage, random) => {
    for (let times = 0; times < 4; times++) {
      await stage.db.run(sql`
        select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid() and random() < 0.5`)
      await wait(200 + random.int(500))
    }
  },
  'serialization failures': async (stage) => await withTrigger(stage, `'40001'`),
  'deadlock victims': async (stage) => await withTrigger(stage, `'40P01'`),
  deadlocks: async (stage, random) => {
    for (let times = 0; times < 3; times++) await deadlock(stage, random)
  },
  'the gateway hangs after the effect': async (stage) => {
    stage.pakasir.faults.arm({ kind: 'timeout_after_effect', endpoint: 'create', times: 2 })
    await wait(1_000)
  },
  'the gateway is down': async (stage, random) => {
    stage.pakasir.faults.arm({
      kind: random.pick(['outage', 'server_error', 'malformed', 'too_many_requests']),
    })
    await wait(1_500)
    stage.pakasir.faults.clear()
  },
  'the gateway fails now and then': async (stage) => {
    stage.pakasir.faults.arm({ kind: 'server_error', times: 4 })
    stage.pakasir.faults.arm({ kind: 'outage', times: 4 })
    await wait(1_000)
  },
  'the audit database is away': async (stage) => {
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
  stage.shopProxy.heal()
  stage.auditProxy.heal()
  stage.pakasir.behave()
  stage.telegram.clearFaults()
  if (!stage.isRunning()) await stage.start()
}

/** Every fourth insert of an order or a payment fails, as under a higher isolation. */
async function withTrigger(stage: Stage, sqlState: string): Promise<void> {
  const { db } = stage
  await db.run(
    sql.raw(`create or replace function niaga.torture() returns trigger language plpgsql as $$ begin
      if random() < 0.25 then raise exception 'torture' using errcode = ${sqlState}; end if; return new; end $$`),
  )
  await db.run(sql`grant execute on function niaga.torture() to public`)
  for (const table of ['orders', 'payments', 'telegram_outbox']) {
    await db.run(
      sql.raw(
        `create or replace trigger torture before insert on ${table} for each row execute function niaga.torture()`,
      ),
    )
  }
  await wait(2_000)
  for (const table of ['orders', 'payments', 'telegram_outbox'])
    await db.run(sql.raw(`drop trigger if exists torture on ${table}`))
}

/** Somebody at psql locks what the shop locks, the other way round. */
async function deadlock(stage: Stage, random: Random): Promise<void> {
  const client = await stage.db.pool.connect()
  client.on('error', () => undefined)
  try {
    await client.query('begin')
    const { rows } = await client.query(
      `select id, user_id from payments where status in ('creating', 'awaiting') order by random() limit 1 for update skip locked`,
    )
    await wait(200 + random.int(300))
    if (rows[0]) await client.query('select from users where id = $1 for update', [rows[0].user_id])
    await client.query('rollback')
    client.release()
  } catch {
    // We are the victim, this time.
    client.release(true)
  }
}
