/**
 * What the customers know: what they asked for, and what each answer promised them. Written apart from the product;
 * of its code nothing is used, and its prices and fees are computed here once more.
 */

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
  decided: 'paid' | 'rejected' | undefined
}

export class Model {
  readonly prices = new Map<number, number>()
  readonly vouchers = new Map<string, number>()
  readonly opening = new Map<number, number>()
  /** Every good that was ever loaded, by product. */
  readonly loaded = new Map<number, Set<string>>()
  readonly orders = new Map<string, KnownOrder>()
  readonly deposits = new Map<string, KnownDeposit>()
  readonly refunds = new Map<string, KnownRefund>()
  /** Given to a person by an administrator, in rupiah; negative where it was taken. */
  readonly adjustments: { readonly person: number; readonly amount: number }[] = []
  /** By idempotency key: the one invoice it stands for. */
  readonly #keys = new Map<string, string>()
  readonly violations: { readonly oracle: string; readonly detail: string }[] = []

  violated(oracle: string, detail: string): void {
    this.violations.push({ oracle, detail })
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
  acknowledge(key: string, person: number, cart: Cart, invoice: string): KnownOrder {
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

/** "30520.00" */
export function money(rupiah: number): string {
  return `${rupiah}.00`
}
