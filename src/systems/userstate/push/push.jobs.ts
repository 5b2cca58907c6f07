/**
 * Queued messages on their way (UserState, U19). A process that dies between the service's answer and our note of it
 * sends that one message again, under the same tag: the phone shows one.
 */
import { createHash } from 'node:crypto'
import { FcmError } from '../../../gateways/fcm/errors.ts'
import type { Caller } from '../../../kernel/caller.ts'
import type { CronEntry } from '../../../platform/jobs/cron.ts'
import { enqueue, handle, type Task } from '../../../platform/jobs/job.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import type { Store } from '../store.ts'
import { MESSAGES_A_JOB, pushSend, pushSweep } from './push-jobs.ts'

/** UserState, §7.5: "20 parallel sends", "exponential from 10 s with jitter, 6 tries". */
const AT_ONCE = 20
const TRIES = 6
const FIRST_WAIT_MS = 10_000
/** A service that asks for more patience is asked again anyway: the sweep takes what rests longer for lost. */
const LONGEST_WAIT_MS = 30 * 60_000

interface Sendable {
  readonly id: bigint
  readonly fcm_id: string
  readonly title: string
  readonly body: string
  readonly data: Readonly<Record<string, string>>
  readonly dedupe_key: string
  readonly attempts: number
  /** Why it must not be sent any more, where that has come to be since it was queued. */
  readonly obstacle: string | null
}

export function pushTasks(store: Store): readonly Task[] {
  return [
    handle(pushSend, async ({ ids }, { caller, signal }) => {
      for (let at = 0; at < ids.length; at += AT_ONCE) {
        signal.throwIfAborted()
        const messages = await selectSendable(store, ids.slice(at, at + AT_ONCE))
        await Promise.all(messages.map((message) => send(store, caller, message)))
      }
    }),
    handle(pushSweep, (_, { caller }) => sweep(store, caller)),
  ]
}

export const pushCron: readonly CronEntry[] = [{ job: pushSweep, schedule: '23 * * * *' }]

/** A phone that changed hands since must not show the one what the other was told. */
async function selectSendable(store: Store, ids: readonly string[]): Promise<readonly Sendable[]> {
  return await store.db.many<Sendable>(sql`
    select p.id, p.fcm_id, p.title, p.body, p.data, p.dedupe_key, p.attempts,
      case when l.disabled then 'ACCOUNT_DISABLED' when f.username is distinct from p.username then 'DEVICE_MOVED'
        when not f.enabled then 'DEVICE_DISABLED' end as obstacle
    from push_message p join fcm f on f.fcm_id = p.fcm_id left join user_login l on l.username = p.username
    where p.id = any(${ids}::bigint[]) and p.status = 'QUEUED'`)
}

async function send(store: Store, caller: Caller, message: Sendable): Promise<void> {
  const { id, fcm_id: token, title, body, data, dedupe_key: dedupeKey, obstacle } = message
  if (obstacle !== null) {
    await settle(store, caller, id, { status: 'SKIPPED', code: obstacle })
    return
  }
  try {
    const name = await store.push.client.send({ token, title, body, data, tag: tagOf(dedupeKey) })
    await settle(store, caller, id, { status: 'SENT', name })
  } catch (error) {
    if (!(error instanceof FcmError)) throw error
    await fail(store, caller, message, error)
  }
}

/** As long as the services take it whole, and nothing that a device need not know. */
function tagOf(dedupeKey: string): string {
  return createHash('sha256').update(dedupeKey).digest('hex')
}

async function fail(store: Store, caller: Caller, message: Sendable, error: FcmError): Promise<void> {
  const { id, fcm_id: fcmId, attempts } = message
  const { kind, code } = error
  if (kind === 'not_asked' || (kind === 'retry' && attempts + 1 < TRIES)) {
    await retryLater(store, caller, message, error)
    return
  }
  await settle(store, caller, id, {
    status: 'FAILED',
    code,
    ...(kind === 'dead_token' ? { dead: fcmId } : {}),
  })
  if (kind === 'retry') store.log.error({ push: String(id), code }, 'a push was given up after its last try')
}

async function retryLater(
  store: Store,
  caller: Caller,
  { id, attempts }: Sendable,
  error: FcmError,
): Promise<void> {
  // Spread, so that those that failed together do not come back together.
  const least = Math.max(FIRST_WAIT_MS * 2 ** attempts, error.retryAfterMs ?? 0)
  const wait = Math.min(least * (1 + Math.random() / 5), LONGEST_WAIT_MS)
  const tried = error.kind === 'not_asked' ? 0 : 1
  await inTransaction(store.db, caller, async (tx) => {
    await tx.run(sql`
      update push_message set attempts = attempts + ${tried}, error_code = ${error.code} where id = ${id} and status = 'QUEUED'`)
    const runAt = new Date(store.clock.now().getTime() + wait)
    await enqueue(tx, pushSend, { ids: [String(id)] }, { runAt, key: `push:${id}` })
  })
}

interface Outcome {
  readonly status: 'SENT' | 'FAILED' | 'SKIPPED'
  readonly name?: string
  readonly code?: string
  /** The device's token, where it will never work again. */
  readonly dead?: string
}

async function settle(
  store: Store,
  caller: Caller,
  id: bigint,
  { status, name, code, dead }: Outcome,
): Promise<void> {
  await inTransaction(store.db, caller, async (tx) => {
    await tx.run(sql`
      update push_message set status = ${status}, fcm_message_name = ${name ?? null}, error_code = ${code ?? null},
        attempts = attempts + ${status === 'SKIPPED' ? 0 : 1}
      where id = ${id} and status = 'QUEUED'`)
    if (dead === undefined) return
    await tx.run(sql`
      update fcm set enabled = false, disabled_reason = ${code ?? null} where fcm_id = ${dead} and enabled`)
  })
}

/** Puts those back whose job is gone: lost with a restored backup, or dead. One that still has one waits its turn. */
async function sweep(store: Store, caller: Caller): Promise<void> {
  await inTransaction(store.db, caller, async (tx) => {
    const lost = await tx.many<{ id: bigint }>(sql`
      select p.id from push_message p
      where p.status = 'QUEUED' and p.updated_at < niaga.now() - interval '1 hour' and p.id not in (
        select (json_array_elements_text(j.payload -> 'ids'))::bigint from graphile_worker._private_jobs j
        join graphile_worker._private_tasks t on t.id = j.task_id
        where t.identifier = ${pushSend.name} and j.attempts < j.max_attempts)
      order by p.id limit 10000`)
    for (let at = 0; at < lost.length; at += MESSAGES_A_JOB) {
      const ids = lost.slice(at, at + MESSAGES_A_JOB).map(({ id }) => String(id))
      await enqueue(tx, pushSend, { ids }, { key: `push:sweep:${ids[0]}` })
    }
  })
}
