/** The script: everything that can happen at a gateway, on demand, under `/_sim`. README.md lists it. */
import type { FastifyInstance } from 'fastify'
import { type Money, wholeMoney } from '../../../kernel/money.ts'
import { scriptView } from '../../simulation/control-bodies.ts'
import { faultControls, webhookControls } from '../../simulation/control-routes.ts'
import { readPay, readScript, readSettings, readWebhook, toPakasirScript } from './control.bodies.ts'
import { settingsView, transactionView } from './control.views.ts'
import { ENDPOINTS, type PakasirSimulator } from './simulator.ts'

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
  webhookControls(app, simulator.webhooks, readScript)
  app.put('/_sim/settings', async ({ body }) => applySettings(simulator, body))
  faultControls(app, simulator.faults, ENDPOINTS)
  app.post('/_sim/behave', async () => {
    simulator.behave()
    return { behaves: true }
  })
}

function transactionControls(app: FastifyInstance, simulator: PakasirSimulator): void {
  app.post<OfOrder>('/_sim/transactions/:orderId/pay', async ({ params, body }) => {
    const { after_ms: afterMs = 0, amount, force = false, webhook = {} } = readPay(body)
    const how = { ...asMoney(amount), force, webhook: toPakasirScript(webhook) }
    if (afterMs > 0) simulator.payLater(params.orderId, afterMs, how)
    else simulator.pay(params.orderId, how)
    return transactionView(simulator, simulator.get(params.orderId))
  })
  app.post<OfOrder>('/_sim/transactions/:orderId/webhook', async ({ params, body }) => {
    const { amount, ...script } = readWebhook(body)
    simulator.sendWebhook(params.orderId, toPakasirScript(script), asMoney(amount))
    return transactionView(simulator, simulator.get(params.orderId))
  })
  app.post<OfOrder>('/_sim/transactions/:orderId/cancel', async ({ params }) =>
    transactionView(simulator, simulator.cancel(params.orderId)),
  )
  app.post<OfOrder>('/_sim/transactions/:orderId/expire', async ({ params }) =>
    transactionView(simulator, simulator.expire(params.orderId)),
  )
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
