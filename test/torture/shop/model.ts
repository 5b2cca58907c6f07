/**
 * What the customers know: what they asked for, and what each answer promised them. Written apart from the product;
 * of its code nothing is used, and its prices and fees are computed here once more.
 */

import type { Violated } from '../client.ts'

export interface Line {
  readonly product: number
  readonly quantity: number
}

export type Method = 'qris' | 'account_balance'

export interface Cart {
  readonly lines: readonly Line[]
  readonly method: Method
  readonly voucher?: string
}

/** An order that was acknowledged, or refused by the gateway after it was made. */
export interface KnownOrder {
  readonly invoice: string
  readonly person: number
  readonly cart: Cart
  readonly subtotal: number
  readonly discount: number
  readonly fee: number
  /** By the shop's clock, in milliseconds: when it was first told. */
  readonly placedAt: number
  /** What some answer said about it: these do not turn back. */
  paidTold: boolean
  endedTold: boolean
  contents: string | undefined
  /** Times that an administrator had its goods sent again, as far as they were told. */
  redelivered: number
}

export interface KnownDeposit {
  readonly invoice: string
  readonly person: number
  readonly amount: number
  readonly fee: number
  paidTold: boolean
  endedTold: boolean
}

export interface KnownRefund {
  readonly id: string
  readonly invoice: string
  readonly person: number
  readonly amount: number
  /** `unclear`: somebody decided, and the answer was lost. */
  decided: 'paid' | 'rejected' | 'unclear' | undefined
}

export interface KnownBroadcast {
  /** Stands in its message and in no other. */
  readonly text: string
  sentTold: boolean
  cancelTold: boolean
}

export class Model {
  readonly prices = new Map<number, number>()
  readonly vouchers = new Map<string, number>()
  /** When vouchers of a giveaway end; the others last. */
  readonly vouchersEnd = new Map<string, number>()
  readonly opening = new Map<number, number>()
  /** Every good that was ever loaded, by product. */
  readonly loaded = new Map<number, Set<string>>()
  readonly orders = new Map<string, KnownOrder>()
  readonly deposits = new Map<string, KnownDeposit>()
  readonly refunds = new Map<string, KnownRefund>()
  readonly broadcasts = new Map<number, KnownBroadcast>()
  /** What savers were last told that they have. */
  readonly saved = new Map<number, number>()
  /** Whoever was shut out once may have missed a message to everybody. */
  readonly everBanned = new Set<number>()
  /** Given to a person by an administrator, in rupiah; negative where it was taken. */
  readonly adjustments: { readonly person: number; readonly amount: number }[] = []
  /** By idempotency key: the one invoice it stands for. */
  readonly #keys = new Map<string, string>()
  readonly violated: Violated

  constructor(violated: Violated) {
    this.violated = violated
  }

  amounts({ lines, method, voucher }: Cart): { subtotal: number; discount: number; fee: number } {
    const subtotal = lines.reduce(
      (sum, line) => sum + (this.prices.get(line.product) ?? 0) * line.quantity,
      0,
    )
    const discount = Math.min(voucher === undefined ? 0 : (this.vouchers.get(voucher) ?? 0), subtotal)
    return { subtotal, discount, fee: method === 'qris' ? feeOf(subtotal - discount) : 0 }
  }

  /** Somebody was told that their order exists. The first time it is noted, from then on it is compared. */
  acknowledge(key: string, person: number, cart: Cart, invoice: string, at: number): KnownOrder {
    this.#sameInvoice(key, invoice)
    const known = this.orders.get(invoice)
    if (known) {
      if (known.person !== person) this.violated('one order, two people', invoice)
      return known
    }
    const order: KnownOrder = {
      invoice,
      person,
      cart,
      ...this.amounts(cart),
      placedAt: at,
      paidTold: false,
      endedTold: false,
      contents: undefined,
      redelivered: 0,
    }
    this.orders.set(invoice, order)
    return order
  }

  acknowledgeDeposit(key: string, person: number, amount: number, invoice: string): KnownDeposit {
    this.#sameInvoice(key, invoice)
    const known = this.deposits.get(invoice)
    if (known) return known
    const deposit = { invoice, person, amount, fee: feeOf(amount), paidTold: false, endedTold: false }
    this.deposits.set(invoice, deposit)
    return deposit
  }

  acknowledgeRefund(key: string, order: KnownOrder, id: string, amount: number): KnownRefund {
    this.#sameInvoice(key, `refund ${id}`)
    const known = this.refunds.get(id)
    if (known) return known
    const { invoice, person } = order
    const refund: KnownRefund = { id, invoice, person, amount, decided: undefined }
    this.refunds.set(id, refund)
    return refund
  }

  /** What a refund of the order may be, asked for in that time: it was paid some minutes after it was placed. */
  refundsOf({ subtotal, discount, placedAt }: KnownOrder, from: number, to: number): number[] {
    const first = Math.max(0, Math.floor((from - placedAt) / DAY_MS) - 1)
    const last = Math.max(0, Math.floor((to - placedAt) / DAY_MS))
    const days = Array.from({ length: last - first + 1 }, (_, i) => first + i)
    return days.map((day) => refundAfter(subtotal - discount, day))
  }

  #sameInvoice(key: string, invoice: string): void {
    const first = this.#keys.get(key) ?? invoice
    this.#keys.set(key, first)
    if (first !== invoice)
      this.violated('idempotency', `key ${key} was answered with ${first} and with ${invoice}`)
  }
}

/** Pakasir's published tariff: 0.7 %, rounded down, and 310 rupiah. */
export function feeOf(base: number): number {
  return base === 0 ? 0 : Math.floor((base * 7) / 1000) + 310
}

const DAY_MS = 86_400_000

/** The shop's formula as it begins: 30 days, of which each takes its share; 80 % in the first week, then 70 %. */
function refundAfter(base: number, days: number): number {
  return Math.floor((base * Math.max(0, 30 - days) * (days < 7 ? 8 : 7)) / 300)
}

/** "30520.00" */
export function money(rupiah: number): string {
  return `${rupiah}.00`
}
