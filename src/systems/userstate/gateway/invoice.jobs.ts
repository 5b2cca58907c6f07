/** The durable work on invoices at the gateway (UserState, section 8); each task is safe to run any number of times. */
import type { Caller } from '../../../kernel/caller.ts'
import type { CronEntry } from '../../../platform/jobs/cron.ts'
import { defineJob, handle, noPayload, type Task } from '../../../platform/jobs/job.ts'
import { type Sql, sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import type { Store } from '../store.ts'
import { askEach } from './ask-each.ts'
import { checkInvoice } from './check-invoice.ts'
import { createInvoice } from './create-invoice.ts'
import { invoiceCreate, invoiceLater } from './gateway-jobs.ts'
import { selectBilled } from './invoice.queries.ts'

const poll = defineJob('topup.poll', noPayload)
const pollOver = defineJob('topup.poll_over', noPayload)

/** Jobs put back in one run; the next run goes on with those that are left. */
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
    order by t.id`
  await checkEach(store, caller, due, signal)
}

/** The gateway may take money for what both sides had ended; its callback may be lost. */
async function pollEnded(store: Store, caller: Caller, signal: AbortSignal): Promise<void> {
  const due = sql`
    select t.id from user_transaction t
    where t.status in ('EXPIRED', 'CANCELLED', 'FAILED') and t.src = 'XENDIT' and t.xendit_invoice is not null
      and t.updated_at > niaga.now() - interval '1 day'
    order by t.id`
  await checkEach(store, caller, due, signal)
}

/** All that are due: what is asked for stays as it is mostly, so that a part would be the same part every time. */
async function checkEach(store: Store, caller: Caller, due: Sql, signal: AbortSignal): Promise<void> {
  const rows = await inTransaction(store.db, caller, (tx) => tx.many<{ id: bigint }>(due))
  const ids = rows.map(({ id }) => id)
  await askEach(store, ids, signal, async (id) => {
    const billed = await selectBilled(store.db, id)
    if (billed?.xenditInvoice) await checkInvoice(store, caller, billed, billed.xenditInvoice)
  })
}

/** Puts the jobs back that should make an invoice and are gone: lost with a restored backup, or dead. */
async function sweepUnmade(store: Store, caller: Caller): Promise<void> {
  await inTransaction(store.db, caller, async (tx) => {
    const unmade = await tx.many<{ id: bigint }>(sql`
      select t.id from user_transaction t
      where t.status = 'PENDING' and t.src = 'XENDIT' and t.xendit_invoice is null and t.expired_at is not null
        and t.created_at < niaga.now() - interval '5 minutes'
        and not exists (select from graphile_worker._private_jobs j
          where j.key = 'invoice:' || t.id and j.attempts < j.max_attempts)
      order by t.id limit ${PER_RUN}`)
    for (const { id } of unmade) await invoiceLater(tx, store, id, {}, 1)
  })
}
