/**
 * Xendit, a payment gateway (UserState, section 7.1; https://docs.xendit.co): invoices that people pay, payouts to
 * bank accounts. Calls throw `XenditError`; an effect whose outcome is not known throws `XenditUnknownOutcome`.
 */
import type { Clock } from '../../kernel/clock.ts'
import type { Log } from '../../kernel/log.ts'
import type { Money } from '../../kernel/money.ts'
import { toWhole } from '../amounts.ts'
import { type CircuitBreaker, CircuitOpenError } from '../circuit-breaker.ts'
import { withSlash } from '../exchange.ts'
import { gatewayCircuit } from '../gateway-circuit.ts'
import {
  readBalance,
  readInvoice,
  readInvoices,
  readPayout,
  readPayouts,
  type XenditInvoice,
  type XenditPayout,
} from './answers.ts'
import { XenditError } from './errors.ts'
import { ask, type XenditCall } from './transport.ts'

export interface XenditClientOptions {
  /** "https://api.xendit.co", or wherever the simulator is mounted. */
  readonly baseUrl: string
  readonly secretKey: string
  readonly clock: Clock
  readonly log: Log
  readonly timeoutMs?: number
  /** Called once per incident, when the circuit opens. */
  readonly onOutage?: () => unknown
  /** Called once per incident, when the gateway answers again. */
  readonly onRecovery?: () => unknown
}

export interface NewInvoice {
  /** Our number. The gateway takes the same one any number of times: look before you create again. */
  readonly externalId: string
  /** Whole rupiah. */
  readonly amount: Money<'IDR'>
  readonly payerEmail: string
  readonly description: string
  readonly validSeconds: number
  /** The gateway's names; none: any method. */
  readonly paymentMethods: readonly string[]
  readonly successRedirectUrl?: string | undefined
  readonly failureRedirectUrl?: string | undefined
  readonly metadata: Readonly<Record<string, string>>
}

export interface NewPayout {
  /** Our number, and the idempotency key: the same payout again is the first one. */
  readonly referenceId: string
  /** "ID_BCA" */
  readonly channelCode: string
  readonly accountNumber: string
  readonly accountHolderName: string
  /** Whole rupiah. */
  readonly amount: Money<'IDR'>
  readonly description: string
}

export interface XenditClient {
  /** Whether the gateway is up, by the calls made so far. */
  readonly state: 'unknown' | 'up' | 'down'
  createInvoice(asked: NewInvoice): Promise<XenditInvoice>
  /** @throws XenditError `not_found` */
  invoice(id: string): Promise<XenditInvoice>
  /** All invoices of one number, oldest first. */
  invoicesOf(externalId: string): Promise<XenditInvoice[]>
  /** @throws XenditError `rejected` where it is paid or expired already */
  expireInvoice(id: string): Promise<XenditInvoice>
  createPayout(asked: NewPayout): Promise<XenditPayout>
  /** @throws XenditError `not_found` */
  payout(id: string): Promise<XenditPayout>
  payoutOf(referenceId: string): Promise<XenditPayout | undefined>
  /** @throws XenditError `rejected` where it is on its way already */
  cancelPayout(id: string): Promise<XenditPayout>
  /** What lies at the gateway. */
  balance(): Promise<Money<'IDR'>>
}

/** UserState, U12: a gateway that takes longer than 8 s counts as slow, and a job goes on. */
const TIMEOUT_MS = 8_000

export function createXenditClient(options: XenditClientOptions): XenditClient {
  const circuit = gatewayCircuit({ ...options, gateway: 'xendit', isFailure: isDown })
  const root = withSlash(options.baseUrl)
  const call = caller(options, circuit)
  const at = (path: string, query: Record<string, string> = {}) => {
    const url = new URL(path, root)
    for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value)
    return url
  }
  const id = encodeURIComponent
  return {
    get state() {
      return circuit.state
    },
    ...invoiceCalls(call, at, id),
    ...payoutCalls(call, at, id),
    balance: () => call({ call: 'balance', url: at('balance'), effect: false, read: readBalance }),
  }
}

type Call = <T>(request: XenditCall<T>) => Promise<T>
type At = (path: string, query?: Record<string, string>) => URL

function invoiceCalls(call: Call, at: At, id: typeof encodeURIComponent) {
  return {
    // The checks of the amount come before anything is sent.
    createInvoice: async (asked: NewInvoice) =>
      call({
        call: 'create invoice',
        url: at('v2/invoices'),
        effect: true,
        body: invoiceBody(asked),
        read: (answer) => {
          const invoice = readInvoice(answer)
          const isOurs = invoice?.externalId === asked.externalId && invoice.amount === asked.amount
          return isOurs ? invoice : undefined
        },
      }),
    invoice: (invoice: string) =>
      call({
        call: 'get invoice',
        url: at(`v2/invoices/${id(invoice)}`),
        effect: false,
        read: (answer) => sameId(readInvoice(answer), invoice),
      }),
    invoicesOf: async (externalId: string) => {
      const url = at('v2/invoices', { external_id: externalId })
      const found = await call({ call: 'find invoices', url, effect: false, read: readInvoices })
      return found
        .filter((invoice) => invoice.externalId === externalId)
        .toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime())
    },
    expireInvoice: (invoice: string) =>
      call({
        call: 'expire invoice',
        url: at(`invoices/${id(invoice)}/expire!`),
        effect: true,
        read: (answer) => sameId(readInvoice(answer), invoice),
      }),
  }
}

function payoutCalls(call: Call, at: At, id: typeof encodeURIComponent) {
  return {
    createPayout: async (asked: NewPayout) =>
      call({
        call: 'create payout',
        url: at('v2/payouts'),
        effect: true,
        idempotencyKey: asked.referenceId,
        body: payoutBody(asked),
        read: (answer) => {
          const payout = readPayout(answer)
          const isOurs = payout?.referenceId === asked.referenceId && payout.amount === asked.amount
          return isOurs ? payout : undefined
        },
      }),
    payout: (payout: string) =>
      call({
        call: 'get payout',
        url: at(`v2/payouts/${id(payout)}`),
        effect: false,
        read: (answer) => sameId(readPayout(answer), payout),
      }),
    payoutOf: async (referenceId: string) => {
      const url = at('v2/payouts', { reference_id: referenceId })
      const found = await call({ call: 'find payout', url, effect: false, read: readPayouts })
      return found.find((payout) => payout.referenceId === referenceId)
    },
    cancelPayout: (payout: string) =>
      call({
        call: 'cancel payout',
        url: at(`v2/payouts/${id(payout)}/cancel`),
        effect: true,
        read: (answer) => sameId(readPayout(answer), payout),
      }),
  }
}

/** Somebody else's object is no answer about ours. */
function sameId<T extends { readonly id: string }>(found: T | undefined, id: string): T | undefined {
  return found?.id === id ? found : undefined
}

function invoiceBody(asked: NewInvoice): object {
  return {
    external_id: asked.externalId,
    amount: toWhole(asked.amount),
    payer_email: asked.payerEmail,
    description: asked.description,
    invoice_duration: asked.validSeconds,
    currency: 'IDR',
    ...(asked.paymentMethods.length > 0 ? { payment_methods: asked.paymentMethods } : {}),
    ...(asked.successRedirectUrl ? { success_redirect_url: asked.successRedirectUrl } : {}),
    ...(asked.failureRedirectUrl ? { failure_redirect_url: asked.failureRedirectUrl } : {}),
    metadata: asked.metadata,
  }
}

function payoutBody(asked: NewPayout): object {
  return {
    reference_id: asked.referenceId,
    channel_code: asked.channelCode,
    channel_properties: {
      account_number: asked.accountNumber,
      account_holder_name: asked.accountHolderName,
    },
    amount: toWhole(asked.amount),
    description: asked.description,
    currency: 'IDR',
  }
}

function caller(
  { log, secretKey, timeoutMs = TIMEOUT_MS }: XenditClientOptions,
  circuit: CircuitBreaker,
): Call {
  return async (request) => {
    try {
      return await circuit.run(() => ask(request, { secretKey, timeoutMs }))
    } catch (error) {
      const failure = failureOf(request.call, error)
      const { kind, status, gatewayCode, message } = failure
      log.warn({ gateway: 'xendit', kind, status, gatewayCode }, message)
      throw failure
    }
  }
}

function failureOf(call: string, error: unknown): XenditError {
  if (error instanceof XenditError) return error
  if (error instanceof CircuitOpenError) {
    return new XenditError('unavailable', `${call}: not asked, the gateway failed repeatedly`)
  }
  throw error
}

/** A gateway that says 409 is up. */
function isDown(error: unknown): boolean {
  return (
    error instanceof XenditError &&
    (error.kind === 'no_answer' || error.kind === 'unknown') &&
    error.status !== 409
  )
}
