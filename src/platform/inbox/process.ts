/** The job that works the inbox off. */
import { Type } from 'typebox'
import type { Caller } from '../../kernel/caller.ts'
import type { Database } from '../../postgres/database.ts'
import { type Sql, sql } from '../../postgres/sql.ts'
import { inTransaction, type Tx } from '../../postgres/transaction.ts'
import { defineJob, handle, type JobRun, type Task } from '../jobs/job.ts'
import type { InboxStatus } from './inbox.ts'

export interface InboxEvent {
  readonly id: bigint
  readonly source: string
  readonly event_id: string
  readonly queue: string | null
  readonly sequence: bigint | null
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  readonly received_at: Date
  /** 1 for the first try. */
  readonly attempts: number
  /** With `attempts`, whose it is: a worker that was taken for dead finds another claim here. */
  readonly claim: string
}

export interface InboxRun extends JobRun {
  /**
   * Marks the event processed in the handler's own transaction: the effect and the mark together.
   * @throws Error, and so undoes the effect, where the event has been given to another worker meanwhile
   */
  finish(tx: Tx): Promise<void>
}

/**
 * What became of it: nothing said is `processed`. `unmatched` belongs to nothing we know, `unconfirmed` could
 * not be verified: both wait for a person. `againInSeconds` asks for another try without counting a failure.
 */
export type InboxOutcome = 'processed' | 'unmatched' | 'unconfirmed' | { readonly againInSeconds: number }

/** @throws what counts as a failed try: retried with back-off, ten times, then `failed`. */
// biome-ignore lint/suspicious/noConfusingVoidType: a handler that just ends has processed its event
export type InboxHandler = (event: InboxEvent, run: InboxRun) => Promise<InboxOutcome | void>

export interface InboxOptions {
  readonly database: Database
  /** By source. */
  readonly handlers: Readonly<Record<string, InboxHandler>>
  /** Told of every event that now waits for a person. */
  readonly onAttention?: (event: InboxEvent, status: InboxStatus, error?: string) => void
}

const MAX_ATTEMPTS = 10

export const inboxProcess = defineJob('inbox_process', Type.Object({ id: Type.Integer() }), 25)

/** For `startJobs` and `drainJobs`. */
export function inboxTask(options: InboxOptions): Task {
  return handle(inboxProcess, async ({ id }, run) => {
    const tried = new Set<bigint>()
    const attempt = async (event: InboxEvent | undefined) => {
      if (!event || tried.has(event.id)) return false
      tried.add(event.id)
      await processOne(options, event, run)
      return !run.signal.aborted
    }
    // Its queue's untried events first, in order: this job may have come before that of an earlier event.
    while (await attempt(await claimNext(options.database, BigInt(id), run.caller)));
    if (!run.signal.aborted && !tried.has(BigInt(id))) {
      await attempt(await claimOwn(options.database, BigInt(id), run.caller))
    }
  })
}

async function processOne(options: InboxOptions, event: InboxEvent, run: JobRun): Promise<void> {
  const finish = async (tx: Tx) => {
    if (await settle(tx, event, 'processed')) return
    throw new Error('the event has been given to another worker')
  }
  const handler = options.handlers[event.source]
  try {
    if (!handler) throw new Error(`nothing handles events of ${event.source}`)
    const outcome = (await handler(event, { ...run, attempt: event.attempts, finish })) ?? 'processed'
    await conclude(options, event, run.caller, outcome)
  } catch (error) {
    run.log.warn(
      { inboxId: String(event.id), attempts: event.attempts, error: String(error) },
      'an event failed',
    )
    await postpone(options, event, run.caller, error)
  }
}

async function conclude(
  options: InboxOptions,
  event: InboxEvent,
  caller: Caller,
  outcome: InboxOutcome,
): Promise<void> {
  if (typeof outcome === 'object') {
    await inTransaction(options.database, caller, (tx) => again(tx, event, outcome.againInSeconds, null))
    return
  }
  const isOurs = await inTransaction(options.database, caller, (tx) => settle(tx, event, outcome))
  if (isOurs && outcome !== 'processed') options.onAttention?.(event, outcome)
}

async function postpone(
  options: InboxOptions,
  event: InboxEvent,
  caller: Caller,
  error: unknown,
): Promise<void> {
  const message = error instanceof Error ? error.message : String(error)
  if (event.attempts < MAX_ATTEMPTS) {
    await inTransaction(options.database, caller, (tx) => again(tx, event, Math.exp(event.attempts), message))
    return
  }
  const isOurs = await inTransaction(options.database, caller, (tx) => settle(tx, event, 'failed', message))
  if (isOurs) options.onAttention?.(event, 'failed', message)
}

/** False and nothing where the handler's own transaction has marked it already, or it is no longer ours. */
async function settle(
  tx: Tx,
  event: InboxEvent,
  status: InboxStatus,
  error: string | null = null,
): Promise<boolean> {
  const changed = await tx.run(sql`
    update niaga.inbox set status = ${status}, last_error = ${error}, processed_at = niaga.now()
    where ${own(event)}`)
  return changed === 1
}

async function again(tx: Tx, event: InboxEvent, seconds: number, error: string | null): Promise<void> {
  await tx.run(sql`
    with waiting as (
      update niaga.inbox set status = 'received', last_error = ${error}
      where ${own(event)} returning id, queue)
    select niaga.enqueue_inbox(id, queue, niaga.now() + make_interval(secs => ${seconds})) from waiting`)
}

/** A try's own number is not enough: an event that is replayed counts from one again. */
function own({ id, attempts, claim }: InboxEvent): Sql {
  return sql`id = ${id} and status = 'processing' and attempts = ${attempts} and claimed_at = ${claim}::timestamptz`
}

const claimed = sql.raw(`
  id, source, event_id, queue, sequence, headers, body, received_at, attempts, claimed_at::text as claim`)

/** The untried event that comes first in the queue of event `id`. */
async function claimNext(database: Database, id: bigint, caller: Caller): Promise<InboxEvent | undefined> {
  return await inTransaction(database, caller, (tx) =>
    tx.maybeOne<InboxEvent>(sql`
      update niaga.inbox set status = 'processing', attempts = 1, claimed_at = niaga.now()
      where id = (
        select n.id from niaga.inbox n join niaga.inbox own on own.queue = n.queue and own.source = n.source
        where own.id = ${id} and n.status = 'received' and n.attempts = 0
        order by n.sequence, n.id limit 1)
      returning ${claimed}`),
  )
}

/** Also one that a dead worker left in processing. */
async function claimOwn(database: Database, id: bigint, caller: Caller): Promise<InboxEvent | undefined> {
  return await inTransaction(database, caller, (tx) =>
    tx.maybeOne<InboxEvent>(sql`
      update niaga.inbox set status = 'processing', attempts = attempts + 1, claimed_at = niaga.now()
      where id = ${id} and status in ('received', 'processing')
      returning ${claimed}`),
  )
}
