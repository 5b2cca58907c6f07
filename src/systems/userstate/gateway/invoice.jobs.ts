/** The durable work on invoices at the gateway (UserState, section 8); each task is safe to run any number of times. */
import type { Caller } from '../../../kernel/caller.ts'
import type { CronEntry } from '../../../platform/jobs/cron.ts'
import { defineJob, handle, noPayload, type Task } from '../../../platform/jobs/job.ts'
import { type Sql, sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import type { Store } from '../store.ts'
import { checkIfAnswered } from './check-invoice.ts'
import { createInvoice } from './create-invoice.ts'
import { invoiceCreate, invoiceLater } from './gateway-jobs.ts'
import { selectBilled } from './invoice.queries.ts'

const poll = defineJob('topup.poll', noPayload)
const pollOver = defineJob('topup.poll_over', noPayload)

/** Invoices asked for at a time, and in one run; the next run goes on with those that are left. */
const AT_ONCE = 8
const PER_RUN = 2_000

export function invoiceTasks(store: Store): readonly Task[] {
  return [
    handle(invoiceCreate, ({ id, attempt, success, failure }, { caller }) =>
      createInvoice(store, caller, BigInt(id), { success, failure }, attempt),
    ),
    handle(poll, async (_, { caller, signal }) => {
      await pollPending(store, caller, signal)
      await sweepUnmade(store, caller)
    }),
    handle(pollOver, (_, { caller, signal }) => pollEnded(store, caller, signal)),
  ]
}

/** UserState, section 8: every five minutes; what is over, every hour for a day more. */
export const invoiceCron: readonly CronEntry[] = [
  { job: poll, schedule: '*/5 * * * *' },
  { job: pollOver, schedule: '17 * * * *' },
]

/** Those older than ten minutes: the callback should have come. Nothing expires here that the gateway has not ended. */
async function pollPending(store: Store, caller: Caller, signal: AbortSignal): Promise<void> {
  const due = sql`
    select t.id from user_transaction t
    where t.status = 'PENDING' and t.src = 'XENDIT' and t.xendit_invoice is not null
      and t.created_at < niaga.now() - interval '10 minutes'
    order by t.updated_at, t.id limit ${PER_RUN}`
  await askEach(store, caller, due, signal)
}

/** The gateway may take money for what both sides had ended; its callback may be lost. */
async function pollEnded(store: Store, caller: Caller, signal: AbortSignal): Promise<void> {
  const due = sql`
    select t.id from user_transaction t
    where t.status in ('EXPIRED', 'CANCELLED', 'FAILED') and t.src = 'XENDIT' and t.xendit_invoice is not null
      and t.updated_at > niaga.now() - interval '1 day'
    order by t.updated_at, t.id limit ${PER_RUN}`
  await askEach(store, caller, due, signal)
}

async function askEach(store: Store, caller: Caller, query: Sql, signal: AbortSignal): Promise<void> {
  const due = await inTransaction(store.db, caller, (tx) => tx.many<{ id: bigint }>(query))
  for (let at = 0; at < due.length && !signal.aborted; at += AT_ONCE) {
    const answers = await Promise.all(due.slice(at, at + AT_ONCE).map(({ id }) => askOne(store, caller, id)))
    // A gateway that is down is not asked two thousand times.
    if (answers.every((answer) => answer === undefined)) return
  }
}

async function askOne(store: Store, caller: Caller, id: bigint) {
  const billed = await selectBilled(store.db, id)
  return billed?.xenditInvoice
    ? await checkIfAnswered(store, caller, billed, billed.xenditInvoice)
    : 'unknown'
}

/** Puts the jobs back that should make an invoice and are gone: lost with a restored backup, or dead. */
async function sweepUnmade(store: Store, caller: Caller): Promise<void> {
  await inTransaction(store.db, caller, async (tx) => {
    const unmade = await tx.many<{ id: bigint }>(sql`
      select t.id from user_transaction t
      where t.status = 'PENDING' and t.src = 'XENDIT' and t.xendit_invoice is null
        and t.created_at < niaga.now() - interval '5 minutes'
        and not exists (select from graphile_worker._private_jobs j
          where j.key = 'invoice:' || t.id and j.attempts < j.max_attempts)
      order by t.id limit ${PER_RUN}`)
    for (const { id } of unmade) await invoiceLater(tx, store, id, {}, 1)
  })
}
