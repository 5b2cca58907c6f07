/** Durable jobs: declared once, enqueued in the transaction of what causes them, run at least once. */
import { type Static, type TObject, Type } from 'typebox'
import { Value } from 'typebox/value'
import type { Caller } from '../../kernel/caller.ts'
import { systemCaller } from '../../kernel/caller.ts'
import type { Log } from '../../kernel/log.ts'
import { sql } from '../../postgres/sql.ts'
import type { Tx } from '../../postgres/transaction.ts'

export interface Job<Payload extends TObject = TObject> {
  /** "payment_expire": as the spec calls it; unique in its database. */
  readonly name: string
  readonly payload: Payload
  /** Tries before the job is dead; the n-th retry waits e^n seconds, at most 6 hours. */
  readonly maxAttempts: number
}

/** What a handler knows besides its payload. */
export interface JobRun {
  /** 1 for the first try. */
  readonly attempt: number
  readonly lastAttempt: boolean
  /** Acts as the system, in the name of the request that enqueued the job. */
  readonly caller: Caller
  /** Aborted where the process stops and the job should give up, to be run again. */
  readonly signal: AbortSignal
  readonly log: Log
}

/** A job with the code that does it. */
export interface Task {
  readonly name: string
  /** @throws what the work throws, or where the payload is not of the declared shape: both count as a try. */
  readonly run: (payload: unknown, run: JobRun) => Promise<void>
}

export interface EnqueueOptions {
  /** Business time; absent: as soon as the transaction has committed. */
  readonly runAt?: Date
  /** A job that still waits under this key is replaced instead of doubled. */
  readonly key?: string
  /** Jobs of one queue run one after the other. Keep the number of names small. */
  readonly queue?: string
  /** Smaller runs first; 0 is usual. */
  readonly priority?: number
}

const DEFAULT_ATTEMPTS = 12

/** Declares a job. Its work must be safe to run twice: a process may die between effect and report. */
export function defineJob<Payload extends TObject>(
  name: string,
  payload: Payload,
  maxAttempts = DEFAULT_ATTEMPTS,
): Job<Payload> {
  return { name, payload, maxAttempts }
}

/** A job that needs no payload. */
export const noPayload = Type.Object({})

export function handle<Payload extends TObject>(
  job: Job<Payload>,
  work: (payload: Static<Payload>, run: JobRun) => Promise<unknown>,
): Task {
  return {
    name: job.name,
    run: async (payload, run) => {
      await work(Value.Parse(job.payload, payload), run)
    },
  }
}

/** Committed with the transaction, or never was. Answers the job's id. */
export async function enqueue<Payload extends TObject>(
  tx: Tx,
  job: Job<Payload>,
  payload: Static<Payload>,
  { runAt, key, queue, priority }: EnqueueOptions = {},
): Promise<bigint> {
  const { id } = await tx.one<{ id: bigint }>(sql`
    select niaga.enqueue(${job.name}, ${sql.json(payload)}, ${runAt ?? null}, ${key ?? null}, ${queue ?? null},
      ${job.maxAttempts}, ${priority ?? null}) as id`)
  return id
}

/** Takes the correlation id out of what `niaga.enqueue` stored. */
export function readStored(stored: unknown): { payload: unknown; caller: Caller } {
  if (typeof stored !== 'object' || stored === null || !('_correlation_id' in stored)) {
    return { payload: stored, caller: systemCaller }
  }
  const { _correlation_id: correlationId, ...payload } = stored
  return { payload, caller: { ...systemCaller, correlationId: String(correlationId) } }
}
