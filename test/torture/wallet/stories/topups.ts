/** Money in: created, paid or given up, and credited once. */
import type { Random } from '../../../random.ts'
import { type Cast, key, post, postTwice, refusedFor, thousands, tooLate } from '../cast.ts'
import type { Told } from '../desk.ts'
import type { KnownTopup } from '../model.ts'
import { forge, payInvoice } from './invoices.ts'

export async function topUp(cast: Cast, random: Random): Promise<void> {
  const known = await createTopup(cast, random, random.pick(cast.payers))
  if (known) await whatBecomes(cast, random, known)
}

/** At least ten thousand, so that it also completes a referral. */
export async function createTopup(
  cast: Cast,
  random: Random,
  person: string,
): Promise<KnownTopup | undefined> {
  const amount = 9_000 + thousands(random, 90)
  const once = key(cast)
  const body = { amount: String(amount) }
  const askedAt = cast.stage.clock.now()
  const told = random.chance(0.3)
    ? await postTwice(cast, person, '/topups', body, once)
    : await post(cast, person, '/topups', body, once)
  refusedFor(cast, 'a top-up', told, [
    'wallet_limit_exceeded',
    'rate_limited',
    ...tooLate(cast, askedAt, told),
  ])
  const { id, invoice } = told.body
  if (told.status >= 300 || id === undefined || invoice === undefined) return undefined
  cast.model.sameUnder(once, `top-up ${id}`)
  const known = { id: String(id), person, amount, invoice, paidTold: false }
  cast.model.topups.set(known.id, known)
  observe(cast, known, told)
  return known
}

async function whatBecomes(cast: Cast, random: Random, known: KnownTopup): Promise<void> {
  const { id, person, invoice, amount } = known
  const chance = random.next()
  const ask = (what: 'cancel' | 'sync') => post(cast, person, `/topups/${id}/${what}`)
  if (chance < 0.4) payInvoice(cast, random, invoice)
  else if (chance < 0.5) payInvoice(cast, random, invoice, { amount: amount + 500 })
  else if (chance < 0.7) {
    payInvoice(cast, random, invoice)
    // Asked at once: which of the two was answered first nobody knows.
    const answers = await Promise.all([ask('cancel'), ask('sync')])
    const isPaid = (told: Told) => told.body.status === 'PAID' || told.body.code === 'already_paid'
    for (const told of answers.toSorted((a, b) => Number(isPaid(a)) - Number(isPaid(b))))
      observe(cast, known, told)
  } else if (chance < 0.85) {
    observe(cast, known, await ask('cancel'))
    if (random.chance(0.5)) payInvoice(cast, random, invoice, { force: true })
  } else if (chance < 0.9) forge(cast, invoice)
  // The rest is forgotten, and expires.
}

/** Late money makes PAID of everything; PAID stays. */
function observe({ model }: Cast, known: KnownTopup, { status, body }: Told): void {
  const { id, amount } = known
  if (status === 404) model.violated('lost', `top-up ${id} was acknowledged and is not there`)
  if (body.code === 'already_paid') known.paidTold = true
  if (status >= 300 || body.status === undefined) return
  if (body.amount !== String(amount)) model.violated('amounts', `top-up ${id} of ${amount} is ${body.amount}`)
  if (known.paidTold && body.status !== 'PAID')
    model.violated('turned back', `top-up ${id} was paid and is ${body.status}`)
  known.paidTold = body.status === 'PAID'
}
