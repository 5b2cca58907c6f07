/** All that concerns money in and out, for `routes.ts` and `work.ts`. */
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import type { InboxHandler } from '../../../platform/inbox/process.ts'
import type { CronEntry } from '../../../platform/jobs/cron.ts'
import type { Task } from '../../../platform/jobs/job.ts'
import { bankAccountRoutes } from '../bank-accounts/bank-account.routes.ts'
import { choiceRoutes } from '../choices/choice.routes.ts'
import { choiceAdminRoutes } from '../choices/choice-admin.routes.ts'
import { financeRoutes } from '../finance/finance.routes.ts'
import { reconciliationRoutes } from '../finance/reconciliation.routes.ts'
import { callbackAdminRoutes } from '../gateway/callback-admin.routes.ts'
import { invoiceCron, invoiceTasks } from '../gateway/invoice.jobs.ts'
import {
  processInvoiceCallback,
  processPayoutCallback,
  XENDIT_INVOICES,
  XENDIT_PAYOUTS,
  xenditWebhooks,
} from '../gateway/xendit.webhook.ts'
import { paymentCron, paymentTasks } from '../payments/payment.jobs.ts'
import { paymentRoutes } from '../payments/payment.routes.ts'
import { payoutCron, payoutTasks } from '../payouts/payout.jobs.ts'
import { payoutRoutes } from '../payouts/payout.routes.ts'
import type { Store } from '../store.ts'
import { topupRoutes } from '../topups/topup.routes.ts'
import { transactionAdminRoutes, transactionRoutes } from '../transactions/transaction.routes.ts'

export async function moneyRoutes(scope: FastifyInstance, store: Store): Promise<void> {
  const webhooks: FastifyPluginAsync = (raw) => xenditWebhooks(raw, store)
  transactionRoutes(scope, store)
  transactionAdminRoutes(scope, store)
  topupRoutes(scope, store)
  paymentRoutes(scope, store)
  bankAccountRoutes(scope, store)
  choiceRoutes(scope, store)
  choiceAdminRoutes(scope, store)
  payoutRoutes(scope, store)
  financeRoutes(scope, store)
  reconciliationRoutes(scope, store)
  callbackAdminRoutes(scope, store)
  await scope.register(webhooks, { prefix: '/webhooks/xendit' })
}

export function moneyTasks(store: Store): readonly Task[] {
  return [...invoiceTasks(store), ...paymentTasks(store), ...payoutTasks(store)]
}

export const moneyCron: readonly CronEntry[] = [...invoiceCron, ...paymentCron, ...payoutCron]

export function moneyInbox(store: Store): Readonly<Record<string, InboxHandler>> {
  return {
    [XENDIT_INVOICES]: (event, run) => processInvoiceCallback(store, event, run),
    [XENDIT_PAYOUTS]: (event, run) => processPayoutCallback(store, event, run),
  }
}

/** Days that callbacks are kept (UserState, section 13). */
export const moneyInboxDays = { [XENDIT_INVOICES]: 90, [XENDIT_PAYOUTS]: 90 }
