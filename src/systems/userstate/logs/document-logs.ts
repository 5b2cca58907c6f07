/**
 * What was said about each object at the payment gateway, one document an object (UserState, §7.4). Two stores keep the
 * same documents: PostgreSQL, or MongoDB where MONGO_DB names one.
 */
import { createHash } from 'node:crypto'

export type Collection = 'xendit_checkout_logs' | 'xendit_payout_logs'

/** Where a status comes from, besides from itself; an event that fits none of it came late and is left out. */
export const COMES_FROM: Readonly<Record<Collection, Readonly<Record<string, readonly string[]>>>> = {
  xendit_checkout_logs: {
    PENDING: [],
    PAID: ['PENDING', 'EXPIRED', 'FAILED'],
    EXPIRED: ['PENDING'],
    FAILED: ['PENDING'],
  },
  xendit_payout_logs: {
    PENDING: [],
    PROCESSING: ['PENDING'],
    COMPLETED: ['PENDING', 'PROCESSING'],
    // From COMPLETED: the money came back.
    FAILED: ['PENDING', 'PROCESSING', 'COMPLETED'],
    CANCELLED: ['PENDING', 'PROCESSING'],
  },
}

export interface LogEntry {
  /** The gateway's id. */
  readonly id: string
  /** When the gateway made the object. */
  readonly createdAt: Date
  readonly estimatedArrivalTime?: Date
  /** "web", "android", "ios", "api" */
  readonly platform: string
  readonly status: string
  /** Whole rupiah. */
  readonly amount: number
  /** The gateway's last word as JSON text, without account numbers and mail addresses. */
  readonly data: string
}

export interface StoredLog extends LogEntry {
  readonly key: string
  readonly loggedAt: Date
  readonly updatedAt: Date
}

export interface LogQuery {
  readonly id?: string
  readonly status?: string
  /** Inclusive. */
  readonly since?: Date
  /** Exclusive. */
  readonly until?: Date
  /** The last one of the page before. */
  readonly after?: { readonly createdAt: Date; readonly key: string }
  readonly limit: number
}

export interface LogStats {
  readonly status: string
  readonly count: number
  /** Whole rupiah. */
  readonly total: number
}

export interface DocumentLogs {
  /** Repeating it changes nothing; an event that would lead back is left out. */
  write(collection: Collection, entry: LogEntry, at: Date): Promise<void>
  /** Newest at the gateway first. */
  find(collection: Collection, query: LogQuery): Promise<readonly StoredLog[]>
  /** In the order of the statuses' names. */
  stats(collection: Collection): Promise<readonly LogStats[]>
  /** Deletes what the gateway made before; answers how many. */
  clean(collection: Collection, before: Date): Promise<number>
  close(): Promise<void>
}

/** 24 hex digits: of two who write the same object for the first time, both write the same document. */
export function keyOf(collection: Collection, id: string): string {
  return createHash('sha256').update(`${collection}:${id}`).digest('hex').slice(0, 24)
}
