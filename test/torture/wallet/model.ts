/**
 * What people, services and staff know: what they asked for, and what each answer promised. Written apart from the
 * product; of its code nothing is used, and its shares and points are computed here once more.
 */
import type { Violated } from '../client.ts'

export interface KnownTopup {
  readonly id: string
  readonly person: string
  readonly amount: number
  readonly invoice: string
  paidTold: boolean
}

export interface KnownPayment {
  readonly id: string
  readonly person: string
  readonly payee: string
  readonly method: 'WALLET' | 'XENDIT'
  /** What is left to pay of the price: a voucher pays `discount` of it. */
  readonly amount: number
  readonly discount: number
  readonly commission: number
  readonly invoice: string
  /** The payer was told where to pay. */
  readonly isOffered: boolean
  /** Who asked for what is held; nobody yet where it is undefined. */
  takenBy: 'itself' | 'the service' | undefined
  isReleaseAsked: boolean
  /** What some answer said that became of it: it does not change any more. */
  ended: string | undefined
}

export interface KnownRefund {
  readonly id: string
  readonly payment: string
  readonly amount: number
}

export interface KnownPayout {
  readonly id: string
  readonly transaction: string
  readonly reference: string
  readonly person: string
  readonly amount: number
  readonly fee: number
  cancelTold: boolean
}

/** Points that a service gave or took. */
export interface KnownGrant {
  readonly id: string
  readonly person: string
  readonly type: 'EARN' | 'REDEEM'
  readonly points: number
  /** `unclear`: an answer was lost, and the next one could not tell. */
  state: 'PENDING' | 'COMPLETE' | 'WITHDRAWN' | 'unclear'
}

export interface KnownVoucher {
  readonly kind: 'BALANCE' | 'POINTS'
  readonly value: number
  readonly quota: number
  /** Who was told that it is theirs. */
  readonly redeemedBy: Set<string>
}

/** A row that somebody was told of, and what it does to a wallet. */
export interface KnownMove {
  readonly person: string
  readonly amount: number
}

export interface Opening {
  readonly rupiah: number
  readonly points: number
}

export class Model {
  readonly opening = new Map<string, Opening>()
  readonly topups = new Map<string, KnownTopup>()
  readonly payments = new Map<string, KnownPayment>()
  readonly refunds = new Map<string, KnownRefund>()
  readonly payouts = new Map<string, KnownPayout>()
  readonly grants = new Map<string, KnownGrant>()
  /** By their rows of history. */
  readonly redemptions = new Map<string, KnownMove>()
  readonly adjustments = new Map<string, KnownMove>()
  readonly settlements: { readonly payee: string; readonly amount: number }[] = []
  readonly vouchers = new Map<string, KnownVoucher>()
  /** Who invited whom, by the one who came. */
  readonly invited = new Map<string, string>()
  readonly violated: Violated
  /** By idempotency key: the one thing it stands for. */
  readonly #keys = new Map<string, string>()

  constructor(violated: Violated) {
    this.violated = violated
  }

  /** The first answer under a key says what it stands for; no other one may say otherwise. */
  sameUnder(key: string, what: string): void {
    const first = this.#keys.get(key) ?? what
    this.#keys.set(key, first)
    if (first !== what) this.violated('idempotency', `key ${key} was answered with ${first} and with ${what}`)
  }

  /** PAID, CANCELLED, EXPIRED and FAILED are ends. */
  paymentIs(payment: KnownPayment, status: string | undefined): void {
    if (status === undefined || status === 'PENDING') {
      if (payment.ended !== undefined && status === 'PENDING')
        this.violated('turned back', `payment ${payment.id} was ${payment.ended} and is PENDING`)
      return
    }
    if (payment.ended !== undefined && payment.ended !== status)
      this.violated('turned back', `payment ${payment.id} was ${payment.ended} and is ${status}`)
    payment.ended = status
  }
}

/** The documented settings that the model computes with, as the run sets them. */
export const SETTINGS = {
  'topup.invoice_seconds': 600,
  'payout.otp_required': false,
  'payout.fee': 1_000,
  'points.earn_amount': 10_000,
  'points.value': 100,
  'referral.bonus_referrer': 100,
  'referral.bonus_referred': 50,
} as const

/** A voucher that takes something off a payment, for so many that are held or paid at a time. */
export const DISCOUNT = { code: 'DISKON', value: 3_000, quota: 60 } as const

export interface Refunded {
  readonly id: string
  readonly amount: number
}

/** Whole points that a payment leaves: earned for its amount, taken back in proportion, oldest refund first. */
export function pointsLeft(amount: number, refunds: readonly Refunded[]): number {
  let points = Math.floor(amount / SETTINGS['points.earn_amount'])
  let left = amount
  for (const refund of inOrder(refunds).filter(({ amount: given }) => given > 0)) {
    points -= Math.floor((points * refund.amount) / left)
    left -= refund.amount
  }
  return points
}

/** What the platform keeps of its commission: each refund returns its share rounded down, the last one the rest. */
export function commissionLeft(amount: number, commission: number, refunds: readonly Refunded[]): number {
  let [kept, left] = [commission, amount]
  for (const refund of inOrder(refunds)) {
    left -= refund.amount
    kept = left === 0 ? 0 : kept - Math.floor((commission * refund.amount) / amount)
  }
  return kept
}

function inOrder(refunds: readonly Refunded[]): readonly Refunded[] {
  return refunds.toSorted((a, b) => Number(a.id) - Number(b.id))
}
