/**
 * Documents are written by a job that commits with what they tell of: a store that is away holds up no money, and
 * what it missed arrives later.
 */
import { Type } from 'typebox'
import type { CronEntry } from '../../../platform/jobs/cron.ts'
import { defineJob, enqueue, handle, noPayload, type Task } from '../../../platform/jobs/job.ts'
import type { Tx } from '../../../postgres/transaction.ts'
import type { Store } from '../store.ts'
import type { Collection, DocumentLogs, LogEntry } from './document-logs.ts'
import { maskedJson } from './masked.ts'

/** UserState, §13. */
const KEPT_DAYS = 90
/** UserState, §8: "at most 25 tries then alert". */
const TRIES = 25
const DAY_MS = 86_400_000

const Millis = Type.Integer()
const logWrite = defineJob(
  'log.write',
  Type.Object({
    collection: Type.Union([Type.Literal('xendit_checkout_logs'), Type.Literal('xendit_payout_logs')]),
    id: Type.String(),
    created_at: Millis,
    estimated_arrival_time: Type.Optional(Millis),
    platform: Type.String(),
    status: Type.String(),
    amount: Type.Integer(),
    data: Type.String(),
    at: Millis,
  }),
  TRIES,
)
const logsClean = defineJob('logs.clean', noPayload)

export interface Noted extends Omit<LogEntry, 'data' | 'platform'> {
  readonly platform?: string | null
  /** The gateway's object. */
  readonly payload: unknown
}

/** Has a document written once the transaction has committed. */
export async function noteLog(tx: Tx, store: Store, collection: Collection, noted: Noted): Promise<void> {
  const { id, createdAt, estimatedArrivalTime, platform, status, amount, payload } = noted
  await enqueue(tx, logWrite, {
    collection,
    id,
    created_at: createdAt.getTime(),
    ...(estimatedArrivalTime ? { estimated_arrival_time: estimatedArrivalTime.getTime() } : {}),
    platform: platform ?? 'api',
    status,
    amount,
    data: maskedJson(payload),
    at: store.clock.now().getTime(),
  })
}

export function logTasks(store: Store): readonly Task[] {
  return [
    handle(logWrite, ({ collection, created_at: createdAt, estimated_arrival_time: arrival, at, ...rest }) =>
      store.logs.write(
        collection,
        {
          ...rest,
          createdAt: new Date(createdAt),
          ...(arrival === undefined ? {} : { estimatedArrivalTime: new Date(arrival) }),
        },
        new Date(at),
      ),
    ),
    handle(logsClean, () => cleanLogs(store.logs, store.clock.now(), KEPT_DAYS)),
  ]
}

/** Answers how many documents went. */
export async function cleanLogs(
  logs: DocumentLogs,
  now: Date,
  days: number,
): Promise<Readonly<Record<Collection, number>>> {
  const before = new Date(now.getTime() - days * DAY_MS)
  return {
    xendit_checkout_logs: await logs.clean('xendit_checkout_logs', before),
    xendit_payout_logs: await logs.clean('xendit_payout_logs', before),
  }
}

export const logCron: readonly CronEntry[] = [{ job: logsClean, schedule: '30 2 * * *' }]
