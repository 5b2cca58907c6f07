/** The script: everything that can happen at a gateway, on demand, under `/_sim`. README.md lists it. */
import type { FastifyInstance } from 'fastify'
import { type Money, wholeMoney } from '../../../kernel/money.ts'
import {
  readFault,
  readPay,
  readRelease,
  readScript,
  readSettings,
  readWebhook,
  toScript,
} from './control.bodies.ts'
import { scriptView, settingsView, transactionView } from './control.views.ts'
import { FAULT_KINDS } from './faults.ts'
import type { PakasirSimulator } from './simulator.ts'
import { SimulatorRefusal } from './transactions.ts'

interface OfOrder {
  Params: { orderId: string }
}

export function controlRoutes(app: FastifyInstance, simulator: PakasirSimulator): void {
  app.get('/_sim/state', async () => ({
    settings: settingsView(simulator.settings),
    webhooks: scriptView(simulator.webhooks.script),
    faults: simulator.faults.armed,
    transactions: simulator.list().map((transaction) => transactionView(simulator, transaction)),
  }))
  app.get<OfOrder>('/_sim/transactions/:orderId', async ({ params }) =>
    transactionView(simulator, simulator.get(params.orderId)),
  )
  transactionControls(app, simulator)
  app.post('/_sim/webhooks/release', async ({ body }) => {
    await simulator.webhooks.release(readRelease(body).order)
    return { released: true }
  })
  app.put('/_sim/webhooks', async ({ body }) => {
    simulator.webhooks.script = { ...simulator.webhooks.script, ...toScript(readScript(body)) }
    return scriptView(simulator.webhooks.script)
  })
  app.put('/_sim/settings', async ({ body }) => applySettings(simulator, body))
  faultControls(app, simulator)
  app.post('/_sim/behave', async () => {
    simulator.behave()
    return { behaves: true }
  })
}

function transactionControls(app: FastifyInstance, simulator: PakasirSimulator): void {
  app.post<OfOrder>('/_sim/transactions/:orderId/pay', async ({ params, body }) => {
    const { after_ms: afterMs = 0, amount, force = false, webhook = {} } = readPay(body)
    const how = { ...asMoney(amount), force, webhook: toScript(webhook) }
    if (afterMs > 0) simulator.payLater(params.orderId, afterMs, how)
    else simulator.pay(params.orderId, how)
    return transactionView(simulator, simulator.get(params.orderId))
  })
  app.post<OfOrder>('/_sim/transactions/:orderId/webhook', async ({ params, body }) => {
    const { amount, ...script } = readWebhook(body)
    simulator.sendWebhook(params.orderId, toScript(script), asMoney(amount))
    return transactionView(simulator, simulator.get(params.orderId))
  })
  app.post<OfOrder>('/_sim/transactions/:orderId/cancel', async ({ params }) =>
    transactionView(simulator, simulator.cancel(params.orderId)),
  )
  app.post<OfOrder>('/_sim/transactions/:orderId/expire', async ({ params }) =>
    transactionView(simulator, simulator.expire(params.orderId)),
  )
}

function faultControls(app: FastifyInstance, simulator: PakasirSimulator): void {
  app.post('/_sim/faults', async ({ body }) => {
    const { kind, endpoint, times } = readFault(body)
    simulator.faults.arm({ kind, ...(endpoint ? { endpoint } : {}), ...(times ? { times } : {}) })
    return simulator.faults.armed
  })
  app.delete<{ Params: { kind?: string } }>('/_sim/faults/:kind?', async ({ params }) => {
    const kind = FAULT_KINDS.find((known) => known === params.kind)
    if (params.kind && !kind) throw new SimulatorRefusal(404, 'not_found', 'There is no such fault')
    simulator.faults.clear(kind)
    return simulator.faults.armed
  })
}

function applySettings(simulator: PakasirSimulator, body: unknown) {
  const { tariff, fee_deviation: feeDeviation, validity_seconds: validity } = readSettings(body)
  simulator.settings = {
    tariff:
      tariff?.map((row) => ({
        upTo: row.up_to,
        perMille: row.per_mille,
        fixed: row.fixed,
        rounding: row.rounding,
      })) ?? simulator.settings.tariff,
    feeDeviation: feeDeviation ?? simulator.settings.feeDeviation,
    validityMs: validity === undefined ? simulator.settings.validityMs : validity * 1000,
  }
  return settingsView(simulator.settings)
}

function asMoney(whole: number | undefined): { amount?: Money<'IDR'> } {
  return whole === undefined ? {} : { amount: wholeMoney('IDR', whole) }
}
