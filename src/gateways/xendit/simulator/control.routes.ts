/** The script: everything that can happen at the gateway, on demand, under `/_sim`. README.md lists it. */
import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import {
  deliveryView,
  readerOf,
  readScript,
  scriptFields,
  scriptView,
  strict,
  toScript,
} from '../../simulation/control-bodies.ts'
import { faultControls, webhookControls } from '../../simulation/control-routes.ts'
import { SimulatorRefusal } from '../../simulation/refusal.ts'
import type { SimulatedInvoice, SimulatedPayout } from './records.ts'
import { ENDPOINTS, type XenditSettings, type XenditSimulator } from './simulator.ts'

const optional = Type.Optional
const whole = Type.Integer({ minimum: 0, maximum: 1_000_000_000_000 })

const readPay = readerOf(
  Type.Object(
    {
      amount: optional(Type.Integer({ minimum: 1, maximum: 1_000_000_000_000 })),
      currency: optional(Type.String({ minLength: 3, maxLength: 3 })),
      method: optional(Type.String({ minLength: 1, maxLength: 40 })),
      after_ms: optional(Type.Integer({ minimum: 0, maximum: 604_800_000 })),
      force: optional(Type.Boolean()),
      webhook: optional(Type.Object(scriptFields, strict)),
    },
    strict,
  ),
)
const readWebhook = readerOf(
  Type.Object({ ...scriptFields, status: optional(Type.String({ minLength: 1, maxLength: 40 })) }, strict),
)
const readStatus = readerOf(
  Type.Object(
    {
      status: Type.String({ minLength: 1, maxLength: 40 }),
      failure_code: optional(Type.String({ minLength: 1, maxLength: 60 })),
    },
    strict,
  ),
)
const readSettings = readerOf(
  Type.Object(
    {
      fee: optional(
        Type.Object({ per_mille: Type.Integer({ minimum: 0, maximum: 1000 }), fixed: whole }, strict),
      ),
      payout_step_ms: optional(Type.Integer({ minimum: 0, maximum: 604_800_000 })),
      retry_factor: optional(Type.Number({ exclusiveMinimum: 0, maximum: 10 })),
    },
    strict,
  ),
)

interface ById {
  Params: { id: string }
}

export function controlRoutes(app: FastifyInstance, simulator: XenditSimulator): void {
  app.get('/_sim/state', async () => ({
    settings: settingsView(simulator.settings),
    webhooks: scriptView(simulator.webhooks.script),
    faults: simulator.faults.armed,
    balance: simulator.balance,
    invoices: simulator.invoices.list().map((invoice) => withWebhooks(simulator, invoice)),
    payouts: simulator.payouts.list().map((payout) => withWebhooks(simulator, payout)),
  }))
  app.put('/_sim/settings', async ({ body }) => applySettings(simulator, body))
  invoiceControls(app, simulator)
  payoutControls(app, simulator)
  webhookControls(app, simulator.webhooks, (body) => toScript(readScript(body)))
  faultControls(app, simulator.faults, ENDPOINTS)
  app.post<ById>('/_sim/objects/:id/webhook', async ({ params, body }) => {
    const { status, ...script } = readWebhook(body)
    simulator.sendWebhook(params.id, toScript(script), status === undefined ? {} : { status })
    return { sent: true }
  })
  app.post('/_sim/behave', async () => {
    simulator.behave()
    return { behaves: true }
  })
}

function invoiceControls(app: FastifyInstance, simulator: XenditSimulator): void {
  const view = (invoice: SimulatedInvoice) => withWebhooks(simulator, invoice)
  app.get<ById>('/_sim/invoices/:id', async ({ params }) => view(simulator.invoices.get(params.id)))
  app.post<ById>('/_sim/invoices/:id/pay', async ({ params, body }) => {
    const { after_ms: afterMs = 0, webhook = {}, ...payment } = readPay(body)
    if (afterMs > 0) simulator.payLater(params.id, afterMs, payment)
    else simulator.pay(params.id, { ...payment, webhook: toScript(webhook) })
    return view(simulator.invoices.get(params.id))
  })
  app.post<ById>('/_sim/invoices/:id/expire', async ({ params }) =>
    view(simulator.invoices.expire(params.id)),
  )
  app.post<ById>('/_sim/invoices/:id/settle', async ({ params }) =>
    view(simulator.invoices.settle(params.id)),
  )
}

function payoutControls(app: FastifyInstance, simulator: XenditSimulator): void {
  const view = (payout: SimulatedPayout) => withWebhooks(simulator, payout)
  app.get<ById>('/_sim/payouts/:id', async ({ params }) => view(simulator.payouts.get(params.id)))
  app.post<ById>('/_sim/payouts/:id/finish', async ({ params }) => view(simulator.payouts.finish(params.id)))
  app.post<ById>('/_sim/payouts/:id/reverse', async ({ params }) => {
    if (simulator.payouts.get(params.id).status !== 'SUCCEEDED') {
      throw new SimulatorRefusal(400, 'INVALID_STATUS_ERROR', 'Only what has succeeded can be reversed')
    }
    return view(simulator.payouts.become(params.id, { status: 'REVERSED' }))
  })
  app.post<ById>('/_sim/payouts/:id/status', async ({ params, body }) => {
    const { status, failure_code: failureCode } = readStatus(body)
    return view(
      simulator.payouts.become(params.id, { status, ...(failureCode === undefined ? {} : { failureCode }) }),
    )
  })
}

function withWebhooks(simulator: XenditSimulator, object: SimulatedInvoice | SimulatedPayout): object {
  return { ...object, webhooks: simulator.webhooks.about(object.id).map(deliveryView) }
}

function applySettings(simulator: XenditSimulator, body: unknown): object {
  const { fee, payout_step_ms: payoutStepMs, retry_factor: retryFactor } = readSettings(body)
  simulator.settings = {
    fee: fee ? { perMille: fee.per_mille, fixed: fee.fixed } : simulator.settings.fee,
    payoutStepMs: payoutStepMs ?? simulator.settings.payoutStepMs,
    retryFactor: retryFactor ?? simulator.settings.retryFactor,
  }
  return settingsView(simulator.settings)
}

function settingsView({ fee, payoutStepMs, retryFactor }: XenditSettings): object {
  return {
    fee: { per_mille: fee.perMille, fixed: fee.fixed },
    payout_step_ms: payoutStepMs,
    retry_factor: retryFactor,
  }
}
