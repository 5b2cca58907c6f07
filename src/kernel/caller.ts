/**
 * Who asks, passed to every transaction and from there to the audit trail and the logs.
 * The database keeps it in `niaga.actor_id`, `niaga.actor_type`, `niaga.correlation_id` and `niaga.ip`.
 */
export interface Caller {
  readonly type: 'user' | 'admin' | 'system'
  /** The person's id as text; absent for the system itself. */
  readonly id?: string
  /** Joins the log lines, audit rows and jobs that one request caused. */
  readonly correlationId?: string
  readonly ip?: string
}

/** Schedules, jobs and webhooks act as the system. */
export const systemCaller: Caller = { type: 'system' }
