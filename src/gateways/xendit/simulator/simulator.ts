/** The gateway's other side: invoices that a person or a test pays, payouts on their way, callbacks. */
import { type Clock, systemClock } from '../../../kernel/clock.ts'
import { Faults } from '../../simulation/faults.ts'
import { openJournal } from '../../simulation/journal.ts'
import { Schedule } from '../../simulation/schedule.ts'
import type { WebhookScript } from '../../simulation/webhook-sender.ts'
import { type Fee, Invoices, type Payment } from './invoices.ts'
import { isAway, Payouts } from './payouts.ts'
import { invoiceCodec, payoutCodec, type SimulatedInvoice } from './records.ts'
import { invoiceCallback, payoutCallback } from './views.ts'
import { type XenditWebhooks, type XenditWebhookTarget, xenditWebhooks } from './webhooks.ts'

export const ENDPOINTS = [
  'create_invoice',
  'get_invoice',
  'expire_invoice',
  'create_payout',
  'get_payout',
  'cancel_payout',
  'balance',
] as const
export type Endpoint = (typeof ENDPOINTS)[number]

export interface XenditSimulatorOptions {
  readonly clock?: Clock
  readonly secretKey: string
  /** Name on the payment page. */
  readonly merchant: string
  /** Where it is mounted, without a slash at the end; can also be set later. */
  readonly publicUrl?: string
  /** Can also be set later: `simulator.webhooks.target`. */
  readonly webhook?: XenditWebhookTarget
  /** Keeps what it knows over restarts, in two files of this name; in memory alone where absent. */
  readonly stateFile?: string
}

export interface XenditSettings {
  /** What the gateway keeps of invoices that are paid from now on, and reports. */
  readonly fee: Fee
  /** Time of a payout from one status to the next. */
  readonly payoutStepMs: number
  /** By which the pauses between two tries of a callback are multiplied. */
  readonly retryFactor: number
}

// A person at the demonstration sees in seconds what takes the real one minutes and hours.
const DEFAULTS: XenditSettings = {
  fee: { perMille: 0, fixed: 0 },
  payoutStepMs: 3_000,
  retryFactor: 1 / 180,
}

export class XenditSimulator {
  readonly secretKey: string
  readonly merchant: string
  publicUrl: string
  readonly faults = new Faults<Endpoint>()
  readonly webhooks: XenditWebhooks
  readonly invoices: Invoices
  readonly payouts: Payouts
  settings: XenditSettings = DEFAULTS
  readonly #clock: Clock
  readonly #schedule: Schedule

  constructor(options: XenditSimulatorOptions) {
    const { clock = systemClock, stateFile } = options
    this.secretKey = options.secretKey
    this.merchant = options.merchant
    this.publicUrl = options.publicUrl ?? ''
    this.#clock = clock
    this.#schedule = new Schedule(clock)
    this.webhooks = xenditWebhooks(clock, options.webhook, () => this.settings.retryFactor)
    const schedule = this.#schedule
    this.invoices = new Invoices({
      clock,
      schedule,
      journal: stateFile === undefined ? undefined : openJournal(`${stateFile}.invoices.jsonl`, invoiceCodec),
      onChange: ({ id }) => this.sendWebhook(id),
    })
    this.payouts = new Payouts({
      clock,
      schedule,
      journal: stateFile === undefined ? undefined : openJournal(`${stateFile}.payouts.jsonl`, payoutCodec),
      stepMs: () => this.settings.payoutStepMs,
      onChange: ({ id }) => this.sendWebhook(id),
    })
  }

  now(): Date {
    return this.#clock.now()
  }

  /** The payer pays; the callback is on its way when this returns. @throws SimulatorRefusal */
  pay(
    id: string,
    { webhook, ...payment }: Payment & { readonly webhook?: Partial<WebhookScript> } = {},
  ): SimulatedInvoice {
    return this.#as(webhook, () => this.invoices.pay(id, payment, this.settings.fee))
  }

  /** Pays when the clock has moved that far; what cannot be paid then stays unpaid unless forced. */
  payLater(id: string, afterMs: number, payment: Payment = {}): void {
    this.invoices.get(id)
    this.#schedule.after(afterMs, () => {
      const { status } = this.invoices.get(id)
      if (status === 'PENDING' || (status === 'EXPIRED' && payment.force)) this.pay(id, payment)
    })
  }

  /** The callback about an invoice or a payout as it stands, or with another status: forged or out of date. */
  sendWebhook(id: string, script: Partial<WebhookScript> = {}, lie: { status?: string } = {}): void {
    const body = id.startsWith('disb-')
      ? payoutCallback({ ...this.payouts.get(id), ...lie })
      : { ...invoiceCallback(this.invoices.get(id), this.merchant), ...lie }
    this.webhooks.send(id, body, script)
  }

  /** What lies here for the merchant, in whole rupiah. */
  get balance(): number {
    const received = this.invoices.list().map(({ paidAmount = 0, fee = 0 }) => paidAmount - fee)
    const sent = this.payouts.list().map((payout) => (isAway(payout) ? payout.amount : 0))
    return received.reduce((sum, each) => sum + each, 0) - sent.reduce((sum, each) => sum + each, 0)
  }

  /** An honest gateway again, with all it knows. */
  behave(): void {
    this.settings = DEFAULTS
    this.webhooks.behave()
    this.faults.clear()
  }

  async close(): Promise<void> {
    this.#schedule.clear()
    await this.webhooks.close()
  }

  /** Callbacks of this one change are sent by a script of their own. */
  #as<T>(script: Partial<WebhookScript> | undefined, change: () => T): T {
    const usual = this.webhooks.script
    if (script) this.webhooks.script = { ...usual, ...script }
    try {
      return change()
    } finally {
      this.webhooks.script = usual
    }
  }
}
