/** Payments: held and taken or given back, refunded, and never more than there is. */
import type { Random } from '../../../random.ts'
import { type Cast, key, post, postTwice, refusedFor, thousands, tooLate } from '../cast.ts'
import type { Told } from '../desk.ts'
import { DISCOUNT, type KnownPayment } from '../model.ts'
import { payInvoice } from './invoices.ts'

const REFUSALS = ['insufficient_funds', 'voucher_exhausted', 'rate_limited']

interface Asked {
  readonly person: string
  readonly method: KnownPayment['method']
  readonly amount: number
  readonly automatic?: boolean
  /** The service asks, and the platform keeps this of it. */
  readonly commission?: number
  readonly hasVoucher?: boolean
}

/** From the wallet: taken, given back, both at once, or forgotten until the hold ends. */
export async function payFromWallet(cast: Cast, random: Random): Promise<void> {
  const amount = thousands(random, 80)
  const known = await pay(cast, random, {
    person: random.pick(cast.payers),
    method: 'WALLET',
    amount,
    automatic: random.chance(0.3),
    hasVoucher: random.chance(0.3),
    ...(random.chance(0.5) ? { commission: Math.floor(amount / 10) + 7 } : {}),
  })
  if (!known || known.ended !== undefined) return
  const chance = random.next()
  const settle = async (what: 'capture' | 'release') => await settles(cast, known, what)
  if (chance < 0.4) await settle('capture')
  else if (chance < 0.55) await settle('release')
  else if (chance < 0.75) await Promise.all([settle('capture'), settle('release')])
  else if (chance < 0.85) await Promise.all([settle('capture'), settle('capture')])
}

/** Through the gateway: paid in time, late, or not. */
export async function payByGateway(cast: Cast, random: Random): Promise<void> {
  const amount = 9_000 + thousands(random, 60)
  const known = await pay(cast, random, {
    person: random.pick(cast.payers),
    method: 'XENDIT',
    amount,
    hasVoucher: random.chance(0.3),
  })
  if (!known) return
  const chance = random.next()
  if (chance < 0.5) payInvoice(cast, random, known.invoice)
  else if (chance < 0.65) payInvoice(cast, random, known.invoice, { amount: known.amount - 1 })
  else if (chance < 0.8) {
    payInvoice(cast, random, known.invoice, { force: true })
    await settles(cast, known, 'release')
  }
}

/** Six payments at once, each of more than a third of what there is. */
export async function payTooMuch(cast: Cast, random: Random): Promise<void> {
  const person = random.pick(cast.payers)
  const { body } = await cast.client.ask(person, '/wallet')
  const amount = Math.floor((Number(body.balance ?? 0) - Number(body.in_transaction ?? 0)) * 0.4)
  if (amount < 1) return
  const asked = { person, method: 'WALLET', amount, automatic: true } as const
  // Others move this wallet's money meanwhile: what it may lose is compared at rest.
  await Promise.all(Array.from({ length: 6 }, () => pay(cast, random, asked)))
}

/** Some of it, then the rest; or the whole twice at once. */
export async function refund(cast: Cast, random: Random): Promise<void> {
  const paid = [...cast.model.payments.values()].filter(({ ended }) => ended === 'PAID')
  if (paid.length === 0) return
  const known = random.pick(paid)
  // Of the order of two partial ones nothing is known: only one of these speaks of a payment.
  if (BUSY.has(known.id)) return
  BUSY.add(known.id)
  try {
    if (random.chance(0.5) && known.amount > 1) {
      await give(cast, known, 1 + random.int(known.amount - 1))
      if (random.chance(0.5)) await give(cast, known)
    } else await Promise.all([give(cast, known), give(cast, known)])
  } finally {
    BUSY.delete(known.id)
  }
}

const BUSY = new Set<string>()

async function give(cast: Cast, known: KnownPayment, amount?: number): Promise<void> {
  const once = key(cast)
  const body = { reason: 'Barang habis', ...(amount === undefined ? {} : { amount: String(amount) }) }
  const told = await post(cast, known.payee, `/payments/${known.id}/refund`, body, once)
  refusedFor(cast, 'a refund', told, ['refund_exceeds_payment', 'payee_funds_insufficient', 'rate_limited'])
  const { id } = told.body
  if (told.status >= 300 || id === undefined) return
  cast.model.sameUnder(once, `refund ${id}`)
  const given = Number(told.body.amount)
  if (amount !== undefined && given !== amount)
    cast.model.violated('amounts', `refund ${id} of ${amount} is ${given}`)
  cast.model.refunds.set(String(id), { id: String(id), payment: known.id, amount: given })
}

async function pay(cast: Cast, random: Random, asked: Asked): Promise<KnownPayment | undefined> {
  const { person, method, automatic = false, commission, hasVoucher = false } = asked
  const discount = hasVoucher ? Math.min(DISCOUNT.value, asked.amount) : 0
  const amount = asked.amount - discount
  const { model } = cast
  const payee = random.pick(cast.payees)
  const once = key(cast)
  const body = {
    payee,
    method,
    amount: String(asked.amount),
    ...(hasVoucher ? { voucher_code: DISCOUNT.code } : {}),
    capture: automatic ? 'automatic' : 'manual',
    ...(commission === undefined ? {} : { username: person, commission_onmarket: String(commission) }),
  }
  const who = commission === undefined ? person : payee
  const askedAt = cast.stage.clock.now()
  const told = random.chance(0.25)
    ? await postTwice(cast, who, '/payments', body, once)
    : await post(cast, who, '/payments', body, once)
  refusedFor(cast, 'a payment', told, [...REFUSALS, ...tooLate(cast, askedAt, told)])
  const { id, invoice } = told.body
  if (told.status >= 300 || id === undefined || invoice === undefined) return undefined
  model.sameUnder(once, `payment ${id}`)
  if (told.body.amount !== String(amount))
    model.violated('amounts', `payment ${id} of ${amount} is ${told.body.amount}`)
  const known: KnownPayment = {
    id: String(id),
    person,
    payee,
    method,
    amount,
    discount,
    commission: commission ?? 0,
    invoice,
    isOffered: typeof told.body.xendit_url === 'string',
    takenBy: automatic ? 'itself' : undefined,
    isReleaseAsked: false,
    ended: undefined,
  }
  model.payments.set(known.id, known)
  model.paymentIs(known, told.body.status)
  const isNothing = method === 'XENDIT' && amount === 0
  if ((automatic || isNothing) && told.body.status === 'PENDING')
    model.violated('stuck', `payment ${id} was to be taken at once`)
  return known
}

async function settles(cast: Cast, known: KnownPayment, what: 'capture' | 'release'): Promise<void> {
  if (what === 'capture') known.takenBy ??= 'the service'
  else known.isReleaseAsked = true
  const body = what === 'release' ? { reason: 'Batal' } : undefined
  const told = await post(cast, known.payee, `/payments/${known.id}/${what}`, body)
  refusedFor(cast, what, told, ['payment_not_pending', 'payment_expired', 'rate_limited'])
  observe(cast, known, told)
}

function observe({ model }: Cast, known: KnownPayment, { status, body }: Told): void {
  if (status === 404) model.violated('lost', `payment ${known.id} was acknowledged and is not there`)
  if (status < 300) model.paymentIs(known, body.status)
}
