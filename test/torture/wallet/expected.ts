/** What everybody must have, from the first rupiah on: by what they were told, and by the gateway's own books. */
import type { Stage } from '../stage.ts'
import { commissionLeft, type KnownPayment, type Model, pointsLeft, SETTINGS } from './model.ts'
import { paidAtGateway } from './stories/invoices.ts'

/** Adds up amounts by name. */
export class Sums {
  readonly #of = new Map<string, number>()

  add(name: string, amount: number): void {
    this.#of.set(name, this.of(name) + amount)
  }

  of(name: string): number {
    return this.#of.get(name) ?? 0
  }

  get names(): Iterable<string> {
    return this.#of.keys()
  }
}

export interface Expected {
  /** Rupiah by person. */
  readonly wallets: Sums
  /** Points by person. */
  readonly points: Sums
  /** Rupiah by service. */
  readonly payees: Sums
  readonly commission: number
  readonly payoutFees: number
}

/** @param statusOf what a row of history says; from it what no answer told is taken */
export function expectedOf(
  stage: Stage,
  model: Model,
  statusOf: (id: string) => string | undefined,
): Expected {
  const [wallets, points, payees] = [new Sums(), new Sums(), new Sums()]
  for (const [person, opening] of model.opening) {
    wallets.add(person, opening.rupiah)
    points.add(person, opening.points)
  }
  for (const { person, invoice } of model.topups.values())
    for (const paid of paidAtGateway(stage, invoice)) wallets.add(person, paid)
  let commission = 0
  for (const payment of model.payments.values()) {
    const isPaid = statusOf(payment.id) === 'PAID'
    addPayment(stage, { wallets, payees }, payment, isPaid)
    if (!isPaid) continue
    const refunds = [...model.refunds.values()].filter((refund) => refund.payment === payment.id)
    for (const { amount } of refunds) {
      wallets.add(payment.person, amount)
      payees.add(payment.payee, -amount)
    }
    const refunded = refunds.reduce((sum, { amount }) => sum + amount, 0)
    const isWhole = refunds.length > 0 && refunded === payment.amount
    if (!isWhole) payees.add(payment.payee, payment.discount)
    const kept = commissionLeft(payment.amount, payment.commission, refunds)
    commission += kept
    payees.add(payment.payee, -kept)
    points.add(payment.person, pointsLeft(payment.amount, refunds))
  }
  let payoutFees = 0
  for (const { person, reference, amount, fee } of model.payouts.values()) {
    if (!stage.xendit.payouts.of(reference).some(({ status }) => status === 'SUCCEEDED')) continue
    wallets.add(person, -amount - fee)
    payoutFees += fee
  }
  for (const { person, amount } of [...model.adjustments.values(), ...model.redemptions.values()])
    wallets.add(person, amount)
  for (const { person, amount } of model.redemptions.values())
    points.add(person, -amount / SETTINGS['points.value'])
  for (const { payee, amount } of model.settlements) payees.add(payee, -amount)
  addPoints(model, points, wallets)
  addReferrals(stage, model, points)
  return { wallets, points, payees, commission, payoutFees }
}

/** What the gateway took for a payment that is not paid, or once too often, is the payer's. */
function addPayment(
  stage: Stage,
  { wallets, payees }: { readonly wallets: Sums; readonly payees: Sums },
  { person, payee, method, amount, invoice }: KnownPayment,
  isPaid: boolean,
): void {
  if (isPaid) payees.add(payee, amount)
  if (method === 'WALLET') {
    if (isPaid) wallets.add(person, -amount)
    return
  }
  const paid = paidAtGateway(stage, invoice)
  for (const sum of paid) wallets.add(person, sum)
  if (isPaid) wallets.add(person, -amount)
}

function addPoints(model: Model, points: Sums, wallets: Sums): void {
  for (const { person, type, points: given, state } of model.grants.values())
    if (state === 'COMPLETE') points.add(person, type === 'EARN' ? given : -given)
  for (const { kind, value, redeemedBy } of model.vouchers.values())
    for (const person of redeemedBy) (kind === 'BALANCE' ? wallets : points).add(person, value)
}

/** Both sides, with the first top-up that is paid. */
function addReferrals(stage: Stage, model: Model, points: Sums): void {
  for (const [person, referrer] of model.invited) {
    const topups = [...model.topups.values()].filter((topup) => topup.person === person)
    if (!topups.some(({ invoice }) => paidAtGateway(stage, invoice).length > 0)) continue
    points.add(person, SETTINGS['referral.bonus_referred'])
    points.add(referrer, SETTINGS['referral.bonus_referrer'])
  }
}
