/**
 * Pakasir, a QRIS gateway (https://pakasir.com/p/docs; QuickCart, section 7.4): `amount` is what the merchant
 * gets, the gateway adds its fee for the payer. Calls throw `PakasirError` and may be repeated safely: the
 * gateway finds the transaction again by order_id and amount.
 */
import type { Clock } from '../../kernel/clock.ts'
import type { Log } from '../../kernel/log.ts'
import type { Money } from '../../kernel/money.ts'
import { toWhole } from '../amounts.ts'
import { type CircuitBreaker, CircuitOpenError } from '../circuit-breaker.ts'
import { withSlash } from '../exchange.ts'
import { gatewayCircuit } from '../gateway-circuit.ts'
import { type PakasirTransaction, type QrisPayment, readPayment, readTransaction } from './answers.ts'
import { PakasirError } from './errors.ts'
import { RateLimiter } from './rate-limiter.ts'
import { ask } from './transport.ts'

export interface PakasirClientOptions {
  /** "https://app.pakasir.com", or wherever the simulator is mounted. */
  readonly baseUrl: string
  /** Where the checkout page lives; a custom domain is possible. */
  readonly payBaseUrl: string
  /** The project's slug. */
  readonly project: string
  readonly apiKey: string
  readonly clock: Clock
  readonly log: Log
  readonly timeoutMs?: number
  /** Calls per minute that the gateway allows the project. */
  readonly limits?: { readonly creates: number; readonly details: number }
  /** Called once per incident, when the circuit opens. */
  readonly onOutage?: () => unknown
  /** Called once per incident, when the gateway answers again. */
  readonly onRecovery?: () => unknown
}

/** A transaction's name at the gateway: `amount` is the net amount sent at creation. */
interface PakasirOrder {
  readonly orderId: string
  /** Whole rupiah. */
  readonly amount: Money<'IDR'>
}

export interface PakasirClient {
  readonly project: string
  /** Whether the gateway is up, by the calls made so far; `down` from the circuit's opening to the next success. */
  readonly state: 'unknown' | 'up' | 'down'
  /** False while the circuit is open: a call would fail at once with `unavailable`. */
  readonly available: boolean
  /** Creates the transaction, or finds it again. */
  createQris(order: PakasirOrder): Promise<QrisPayment>
  /** The authoritative state. @throws PakasirError `not_found` where the gateway knows no such transaction */
  detail(order: PakasirOrder): Promise<PakasirTransaction>
  /** @throws PakasirError `refused` where it is already paid */
  cancel(order: PakasirOrder): Promise<void>
  /** Pays a sandbox project's transaction. */
  simulatePayment(order: PakasirOrder): Promise<void>
  /** The page where a person pays. `redirect`: where its back link leads. */
  checkoutUrl(order: PakasirOrder, redirect?: string): string
}

// QuickCart, section 7.4: "100 creates/min, 1000 details/min per project; timeouts 10 s".
const LIMITS = { creates: 100, details: 1000 }
const TIMEOUT_MS = 10_000
/** A checkout that would wait longer for its turn is better told so. */
const MAX_TURN_WAIT_MS = 5_000
const DOWN = new Set<PakasirError['kind']>(['network', 'timeout', 'server', 'malformed'])

export function createPakasirClient(options: PakasirClientOptions): PakasirClient {
  const { project, clock, limits = LIMITS } = options
  const circuit = gatewayCircuit({
    ...options,
    gateway: 'pakasir',
    isFailure: (error) => error instanceof PakasirError && DOWN.has(error.kind),
  })
  const call = caller(options, circuit)
  const creates = new RateLimiter({ clock, perMinute: limits.creates, maxWaitMs: MAX_TURN_WAIT_MS })
  const details = new RateLimiter({ clock, perMinute: limits.details, maxWaitMs: MAX_TURN_WAIT_MS })
  return {
    project,
    get state() {
      return circuit.state
    },
    get available() {
      return circuit.closed
    },
    createQris: async (order) => {
      const asked = { project, orderId: order.orderId, whole: toWhole(order.amount) }
      const read = (answer: unknown) => readPayment(answer, asked)
      return call('create', order, 'api/transactioncreate/qris', read, creates)
    },
    detail: (order) => call('detail', order, 'api/transactiondetail', readTransaction, details),
    cancel: (order) => call('cancel', order, 'api/transactioncancel', ignoreAnswer),
    simulatePayment: (order) => call('simulate', order, 'api/paymentsimulation', ignoreAnswer),
    checkoutUrl: (order, redirect) => checkoutUrl(options, order, redirect),
  }
}

/** The protocol shows no answer for these two; the status says it all. */
function ignoreAnswer(): void {}

function caller(
  { baseUrl, project, apiKey, log, timeoutMs = TIMEOUT_MS }: PakasirClientOptions,
  circuit: CircuitBreaker,
) {
  const root = withSlash(baseUrl)
  return async <T>(
    name: string,
    order: PakasirOrder,
    path: string,
    read: (answer: unknown) => T,
    limiter?: RateLimiter,
  ): Promise<T> => {
    const body = { project, order_id: order.orderId, amount: toWhole(order.amount), api_key: apiKey }
    const url = new URL(path, root)
    const asGet = name === 'detail'
    if (asGet) for (const [key, value] of Object.entries(body)) url.searchParams.set(key, String(value))
    try {
      // Not inside `run`: our own limit says nothing about the gateway. Not while it is open: no call, no turn.
      if (circuit.closed) await limiter?.turn(name)
      return await circuit.run(async () => {
        const how = asGet ? { method: 'GET' as const } : { method: 'POST' as const, body }
        return read(await ask({ call: name, url, timeoutMs, secret: apiKey, ...how }))
      })
    } catch (error) {
      const failure = failureOf(name, error)
      const { kind, status, message } = failure
      log.warn({ gateway: 'pakasir', order_id: order.orderId, kind, status }, message)
      throw failure
    }
  }
}

function failureOf(call: string, error: unknown): PakasirError {
  if (error instanceof PakasirError) return error
  if (error instanceof CircuitOpenError) {
    return new PakasirError('unavailable', `${call}: not asked, the gateway failed repeatedly`)
  }
  throw error
}

function checkoutUrl(options: PakasirClientOptions, order: PakasirOrder, redirect?: string): string {
  const path = `pay/${encodeURIComponent(options.project)}/${toWhole(order.amount)}`
  const url = new URL(path, withSlash(options.payBaseUrl))
  url.searchParams.set('order_id', order.orderId)
  url.searchParams.set('qris_only', '1')
  if (redirect) url.searchParams.set('redirect', redirect)
  return url.href
}
