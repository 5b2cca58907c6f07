import { randomBytes } from 'node:crypto'
import type { Clock } from '../../../kernel/clock.ts'
import type { Journal } from '../../simulation/journal.ts'
import { SimulatorRefusal } from '../../simulation/refusal.ts'
import type { Schedule } from '../../simulation/schedule.ts'
import type { SimulatedInvoice } from './records.ts'

export interface NewSimulatedInvoice {
  readonly externalId: string
  /** Whole rupiah. */
  readonly amount: number
  readonly payerEmail: string
  readonly description: string
  readonly validSeconds: number
  readonly methods: readonly string[]
  readonly successUrl?: string
  readonly failureUrl?: string
  readonly metadata: Record<string, unknown>
}

export interface Payment {
  /** Whole rupiah that the payer sends; the invoice's amount where absent. */
  readonly amount?: number
  /** What the gateway then says its currency is. */
  readonly currency?: string
  readonly method?: string
  /** Pays even what has expired: late money. */
  readonly force?: boolean
}

export interface Fee {
  readonly perMille: number
  readonly fixed: number
}

interface InvoicesOptions {
  readonly clock: Clock
  readonly schedule: Schedule
  readonly journal: Journal<SimulatedInvoice> | undefined
  /** Called for what the merchant is told. */
  readonly onChange: (invoice: SimulatedInvoice) => void
}

/** The gateway's invoices: PENDING until paid, expired or overdue; PAID until settled. */
export class Invoices {
  readonly #options: InvoicesOptions
  readonly #invoices = new Map<string, SimulatedInvoice>()

  constructor(options: InvoicesOptions) {
    this.#options = options
    for (const invoice of options.journal?.load() ?? []) {
      this.#invoices.set(invoice.id, invoice)
      if (invoice.status === 'PENDING') this.#expireInTime(invoice)
    }
  }

  /** Newest first. */
  list(): SimulatedInvoice[] {
    return [...this.#invoices.values()].reverse()
  }

  /** @throws SimulatorRefusal 404 */
  get(id: string): SimulatedInvoice {
    const invoice = this.#invoices.get(id)
    if (!invoice) throw new SimulatorRefusal(404, 'INVOICE_NOT_FOUND_ERROR', 'Could not find invoice')
    return invoice
  }

  /** The number is the merchant's own, and not unique here. */
  of(externalId: string): SimulatedInvoice[] {
    return this.list().filter((invoice) => invoice.externalId === externalId)
  }

  create({ validSeconds, methods, ...asked }: NewSimulatedInvoice): SimulatedInvoice {
    const now = this.#now()
    const invoice: SimulatedInvoice = {
      ...asked,
      id: randomBytes(12).toString('hex'),
      methods: [...methods],
      currency: 'IDR',
      status: 'PENDING',
      createdAt: now,
      updatedAt: now,
      expiresAt: now + validSeconds * 1000,
    }
    this.#keep(invoice)
    this.#expireInTime(invoice)
    return invoice
  }

  /** @throws SimulatorRefusal 400 where it cannot be paid any more and `force` is not set */
  pay(id: string, payment: Payment, fee: Fee): SimulatedInvoice {
    const invoice = this.get(id)
    if (isPaid(invoice)) throw new SimulatorRefusal(400, 'INVOICE_ALREADY_PAID', 'It is already paid')
    if (invoice.status === 'EXPIRED' && !payment.force) {
      throw new SimulatorRefusal(400, 'INVOICE_ALREADY_EXPIRED', 'The invoice has expired')
    }
    const paidAmount = payment.amount ?? invoice.amount
    const kept = Math.floor((paidAmount * fee.perMille) / 1000) + fee.fixed
    return this.#change(invoice, {
      status: 'PAID',
      paidAt: this.#now(),
      paidAmount,
      method: payment.method ?? invoice.methods[0] ?? 'BCA',
      ...(kept > 0 ? { fee: kept } : {}),
      ...(payment.currency === undefined ? {} : { currency: payment.currency }),
    })
  }

  /** @throws SimulatorRefusal 400 where it is paid or has expired already */
  expire(id: string): SimulatedInvoice {
    const invoice = this.get(id)
    if (isPaid(invoice))
      throw new SimulatorRefusal(400, 'INVOICE_ALREADY_PAID', 'The invoice is already paid')
    if (invoice.status === 'EXPIRED') {
      throw new SimulatorRefusal(400, 'INVOICE_ALREADY_EXPIRED', 'The invoice has already expired')
    }
    return this.#change(invoice, { status: 'EXPIRED', expiresAt: Math.min(invoice.expiresAt, this.#now()) })
  }

  /** The money of a paid one reaches the merchant's balance; nobody is told. */
  settle(id: string): SimulatedInvoice {
    const invoice = this.get(id)
    if (invoice.status !== 'PAID') throw new SimulatorRefusal(400, 'INVOICE_NOT_PAID', 'It is not paid')
    return this.#keep(Object.assign(invoice, { status: 'SETTLED', updatedAt: this.#now() }))
  }

  #change(invoice: SimulatedInvoice, change: Partial<SimulatedInvoice>): SimulatedInvoice {
    this.#keep(Object.assign(invoice, change, { updatedAt: this.#now() }))
    this.#options.onChange(invoice)
    return invoice
  }

  #expireInTime({ id, expiresAt }: SimulatedInvoice): void {
    this.#options.schedule.after(Math.max(1, expiresAt - this.#now()), () => {
      if (this.get(id).status === 'PENDING') this.expire(id)
    })
  }

  #keep(invoice: SimulatedInvoice): SimulatedInvoice {
    this.#invoices.set(invoice.id, invoice)
    this.#options.journal?.append(invoice)
    return invoice
  }

  #now(): number {
    return this.#options.clock.now().getTime()
  }
}

function isPaid({ status }: SimulatedInvoice): boolean {
  return status === 'PAID' || status === 'SETTLED'
}
