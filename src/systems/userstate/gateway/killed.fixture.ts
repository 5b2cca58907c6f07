/** A process that is in the middle of a call to the gateway when its test kills it. */

import { systemCaller } from '../../../kernel/caller.ts'
import { SandboxClock } from '../../../kernel/clock.ts'
import { newId } from '../../../kernel/ids.ts'
import { silentLog } from '../../../kernel/log.ts'
import { createMetrics } from '../../../platform/http/metrics.ts'
import { openDatabase } from '../../../postgres/database.ts'
import { userstateErrors } from '../errors.ts'
import { makePayment } from '../payments/make-payment.ts'
import { sendPayout } from '../payouts/send-payout.ts'
import { openStore } from '../store.ts'
import { createTopup } from '../topups/create-topup.ts'

const [, , what, whom = '', voucherCode = null] = process.argv
const url = process.env.DATABASE ?? ''
const store = await openStore({
  environment: process.env,
  clock: new SandboxClock(),
  log: silentLog,
  metrics: createMetrics(silentLog),
  dataDirectory: '/nonexistent',
  baseUrl: 'http://127.0.0.1:9',
  publicUrl: 'http://127.0.0.1:9',
  houseWork: { tasks: [], cron: [] },
  database: (name) => openDatabase({ name, url, errors: userstateErrors }),
})
if (what === 'payout') await sendPayout(store, systemCaller, BigInt(whom))
else if (what === 'payment') {
  await makePayment(store, systemCaller, {
    username: whom,
    payee: 'onmarket',
    method: 'XENDIT',
    amount: 30_000,
    freightCharge: null,
    insuranceAmount: null,
    commission: null,
    invoiceOnmarket: null,
    onbookingCode: null,
    description: null,
    capture: 'manual',
    holdMinutes: null,
    platform: null,
    voucherCode,
    asker: 'user:killed',
    idempotencyKey: newId(),
  })
} else {
  await createTopup(store, systemCaller, {
    username: whom,
    amount: 50_000,
    paymentType: null,
    redirects: {},
    platform: null,
    idempotencyKey: newId(),
  })
}
process.exit(0)
