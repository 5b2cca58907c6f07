/** The gateway's other side: keeps transactions, lets a person or a test pay them, sends webhooks. */
import { type Clock, systemClock } from '../../../kernel/clock.ts'
import { type Money, money } from '../../../kernel/money.ts'
import { toWhole } from '../../amounts.ts'
import { Faults } from '../../simulation/faults.ts'
import { type Journal, openJournal } from '../../simulation/journal.ts'
import { SimulatorRefusal } from '../../simulation/refusal.ts'
import { Schedule } from '../../simulation/schedule.ts'
import { qrisPayload } from './emv.ts'
import { transactionCodec } from './journal.ts'
import { DEFAULT_TARIFF, feeOf, type TariffRow } from './tariff.ts'
import { type SimulatedStatus, type SimulatedTransaction, statusAt } from './transactions.ts'
import {
  type PakasirWebhookScript,
  type PakasirWebhooks,
  type PakasirWebhookTarget,
  pakasirWebhooks,
} from './webhooks.ts'

export const ENDPOINTS = ['create', 'detail', 'cancel', 'simulate'] as const
export type Endpoint = (typeof ENDPOINTS)[number]

export interface PakasirSimulatorOptions {
  readonly clock?: Clock
  readonly project: string
  readonly apiKey: string
  /** Name on the payment page and inside the QR. */
  readonly merchant?: string
  /** Can also be set later: `simulator.webhooks.target`. */
  readonly webhook?: PakasirWebhookTarget
  /** Keeps the transactions over restarts; in memory alone where absent. */
  readonly stateFile?: string
}

export interface PayOptions {
  /** Net amount that the gateway then reports, in webhook and detail; the created one where absent. */
  readonly amount?: Money<'IDR'>
  /** Pays even what is cancelled or expired: late money. */
  readonly force?: boolean
  /** How this payment's webhook is sent, where not as always. */
  readonly webhook?: Partial<PakasirWebhookScript>
}

export interface PakasirSettings {
  tariff: readonly TariffRow[]
  /** Whole rupiah by which the fee misses the tariff, for transactions created from now on. */
  feeDeviation: number
  /** How long a new QR can be paid. */
  validityMs: number
}

// Longer than the shop's own ten minutes, as the real one is.
const DEFAULTS: PakasirSettings = { tariff: DEFAULT_TARIFF, feeDeviation: 0, validityMs: 15 * 60_000 }
/** QRIS payments end at Rp 10.000.000. */
const MAX_AMOUNT = money('IDR', 1_000_000_000n)

export class PakasirSimulator {
  readonly project: string
  readonly apiKey: string
  readonly merchant: string
  readonly faults = new Faults<Endpoint>()
  readonly webhooks: PakasirWebhooks
  settings: PakasirSettings = { ...DEFAULTS }
  readonly #clock: Clock
  readonly #schedule: Schedule
  readonly #transactions = new Map<string, SimulatedTransaction>()
  readonly #journal: Journal<SimulatedTransaction> | undefined

  constructor(options: PakasirSimulatorOptions) {
    this.project = options.project
    this.apiKey = options.apiKey
    this.merchant = options.merchant ?? options.project
    this.#clock = options.clock ?? systemClock
    this.#schedule = new Schedule(this.#clock)
    this.webhooks = pakasirWebhooks(this.#clock, options.webhook)
    this.#journal =
      options.stateFile === undefined ? undefined : openJournal(options.stateFile, transactionCodec)
    for (const each of this.#journal?.load() ?? []) this.#transactions.set(each.orderId, each)
  }

  now(): Date {
    return this.#clock.now()
  }

  /** Newest first. */
  list(): SimulatedTransaction[] {
    return [...this.#transactions.values()].reverse()
  }

  /** @throws SimulatorRefusal 404 */
  get(orderId: string): SimulatedTransaction {
    const transaction = this.#transactions.get(orderId)
    if (!transaction) throw new SimulatorRefusal(404, 'not_found', 'Transaction not found')
    return transaction
  }

  /** @throws SimulatorRefusal 404 where the order is unknown or was created with another amount */
  find(orderId: string, amount: Money<'IDR'>): SimulatedTransaction {
    const transaction = this.get(orderId)
    if (transaction.amount !== amount) throw new SimulatorRefusal(404, 'not_found', 'Transaction not found')
    return transaction
  }

  status(transaction: SimulatedTransaction): SimulatedStatus {
    return statusAt(transaction, this.now())
  }

  /** Finds the transaction of equal order and amount, or creates it. @throws SimulatorRefusal 400 */
  create(orderId: string, amount: Money<'IDR'>): SimulatedTransaction {
    const known = this.#transactions.get(orderId)
    if (known && known.amount === amount) return known
    if (known) throw new SimulatorRefusal(400, 'amount_mismatch', 'This order exists with another amount')
    if (amount > MAX_AMOUNT) throw new SimulatorRefusal(400, 'amount_too_large', 'QRIS ends at Rp 10.000.000')
    return this.#keep(this.#newTransaction(orderId, amount))
  }

  /**
   * The payer pays; the webhook is on its way when this returns.
   * @throws SimulatorRefusal 400 where it cannot be paid any more and `force` is not set
   */
  pay(orderId: string, { amount, force = false, webhook }: PayOptions = {}): SimulatedTransaction {
    const transaction = this.get(orderId)
    const status = this.status(transaction)
    if (status === 'completed') throw new SimulatorRefusal(400, 'already_completed', 'It is already paid')
    if (status !== 'pending' && !force)
      throw new SimulatorRefusal(400, status, `The transaction is ${status}`)
    transaction.state = 'completed'
    transaction.completedAt = this.now()
    transaction.reportedAmount = amount ?? transaction.amount
    this.#keep(transaction)
    this.sendWebhook(orderId, webhook)
    return transaction
  }

  /** Pays when the clock has moved that far; what cannot be paid then stays unpaid unless forced. */
  payLater(orderId: string, afterMs: number, how: PayOptions = {}): void {
    this.get(orderId)
    this.#schedule.after(afterMs, () => {
      const status = this.status(this.get(orderId))
      if (status === 'pending' || (how.force && status !== 'completed')) this.pay(orderId, how)
    })
  }

  /** Idempotent. @throws SimulatorRefusal 400 where it is paid */
  cancel(orderId: string): SimulatedTransaction {
    const transaction = this.get(orderId)
    if (transaction.state === 'completed') {
      throw new SimulatorRefusal(400, 'already_completed', 'A paid transaction cannot be cancelled')
    }
    transaction.state = 'canceled'
    return this.#keep(transaction)
  }

  /** Ends the time to pay now. */
  expire(orderId: string): SimulatedTransaction {
    const transaction = this.get(orderId)
    transaction.expiresAt = this.now()
    return this.#keep(transaction)
  }

  /**
   * Sends the webhook of a payment: again for a paid one, forged for an unpaid one. `amount` lies in the webhook
   * alone, while `detail` keeps telling the truth.
   */
  sendWebhook(
    orderId: string,
    script: Partial<PakasirWebhookScript> = {},
    lie: { amount?: Money<'IDR'> } = {},
  ): void {
    const transaction = this.get(orderId)
    const body = {
      amount: toWhole(lie.amount ?? transaction.reportedAmount),
      order_id: orderId,
      project: this.project,
      status: 'completed',
      payment_method: 'qris',
      completed_at: jakartaTime(transaction.completedAt ?? this.now()),
    }
    this.webhooks.send(orderId, body, script)
  }

  /** An honest gateway again, with its transactions. */
  behave(): void {
    this.settings = { ...DEFAULTS }
    this.webhooks.behave()
    this.faults.clear()
  }

  async close(): Promise<void> {
    this.#schedule.clear()
    await this.webhooks.close()
  }

  #keep(transaction: SimulatedTransaction): SimulatedTransaction {
    this.#transactions.set(transaction.orderId, transaction)
    this.#journal?.append(transaction)
    return transaction
  }

  #newTransaction(orderId: string, amount: Money<'IDR'>): SimulatedTransaction {
    const { tariff, feeDeviation, validityMs } = this.settings
    const createdAt = this.now()
    const fee = feeOf(amount, tariff, feeDeviation)
    const total = money('IDR', amount + fee)
    const { merchant, project } = this
    return {
      orderId,
      amount,
      fee,
      total,
      qrString: qrisPayload({ merchant, project, orderId, total }),
      createdAt,
      expiresAt: new Date(createdAt.getTime() + validityMs),
      state: 'pending',
      completedAt: undefined,
      reportedAmount: amount,
    }
  }
}

/** "2024-09-10T08:07:02.819+07:00": the webhook's and detail's way to write an instant. */
export function jakartaTime(instant: Date): string {
  return new Date(instant.getTime() + 7 * 3_600_000).toISOString().replace('Z', '+07:00')
}
