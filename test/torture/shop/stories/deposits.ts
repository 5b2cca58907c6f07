/** Balances are topped up: one deposit of a person at a time, credited once or not at all. */
import type { Random } from '../../../random.ts'
import { type Cast, key } from '../cast.ts'
import type { Told } from '../desk.ts'
import { type KnownDeposit, money } from '../model.ts'
import { pay } from './payer.ts'

export async function deposit(cast: Cast, random: Random): Promise<void> {
  const known = await place(cast, random.pick(cast.people), 10_000 * (1 + random.int(9)), key(cast))
  if (known) await fate(cast, random, known)
}

/** Three requests, two of them one click: of pending deposits there is one. */
export async function twoDeposits(cast: Cast, random: Random): Promise<void> {
  const person = random.pick(cast.people)
  const same = key(cast)
  const placed = await Promise.all([same, same, key(cast)].map((once) => place(cast, person, 20_000, once)))
  await onePending(cast, person)
  for (const known of new Set(placed)) if (known) await fate(cast, random, known)
}

async function place(
  cast: Cast,
  person: number,
  amount: number,
  once: string,
): Promise<KnownDeposit | undefined> {
  const { client, model } = cast
  const { status, body } = await client.ask(person, '/deposits', {
    method: 'POST',
    key: once,
    body: { amount: money(amount) },
  })
  if (body.invoice === undefined || body.code === 'pending_deposit_exists') return undefined
  const known = model.acknowledgeDeposit(once, person, amount, body.invoice)
  if (status >= 300) {
    // It was made, and given up when the gateway did not take it.
    known.endedTold = true
    return undefined
  }
  observe(cast, known, { status, body, wasUnknown: false })
  return known
}

async function fate(cast: Cast, random: Random, known: KnownDeposit): Promise<void> {
  const { invoice } = known
  const chance = random.next()
  if (chance < 0.45) pay(cast, random, invoice)
  else if (chance < 0.65) {
    pay(cast, random, invoice)
    await Promise.all([ask(cast, known, 'cancel'), ask(cast, known, 'check')])
  } else if (chance < 0.8) {
    await ask(cast, known, 'cancel')
    if (random.chance(0.5)) pay(cast, random, invoice, true)
  } else if (chance < 0.85) await Promise.all([ask(cast, known, 'cancel'), ask(cast, known, 'cancel')])
  // The rest is forgotten, and expires.
}

async function ask(cast: Cast, known: KnownDeposit, what: 'cancel' | 'check'): Promise<void> {
  const path = `/deposits/${known.invoice}/${what}`
  observe(cast, known, await cast.client.ask(known.person, path, { method: 'POST' }))
}

/** Everything that an answer says about it must fit what was said before. */
function observe({ model }: Cast, known: KnownDeposit, { status, body }: Told): void {
  const { invoice, amount, fee } = known
  if (status === 404) model.violated('lost', `deposit ${invoice} was acknowledged and is not there`)
  if (status >= 300) return
  const told = [body.amount, body.fee, body.total].join()
  if (told !== [amount, fee, amount + fee].map(money).join())
    model.violated('amounts', `deposit ${invoice} of ${amount} and ${fee} is told as ${told}`)
  if (body.status === 'paid') {
    if (known.endedTold) model.violated('turned back', `deposit ${invoice} had ended and is paid`)
    known.paidTold = true
  } else if (body.status === 'cancelled' || body.status === 'expired') {
    if (known.paidTold) model.violated('turned back', `deposit ${invoice} was paid and is ${body.status}`)
    known.endedTold = true
  }
}

async function onePending({ client, model }: Cast, person: number): Promise<void> {
  const { status, body } = await client.ask(person, '/deposits?status=pending')
  const pending = body.items ?? []
  if (status === 200 && pending.length > 1)
    model.violated(
      'one pending deposit',
      `${person} has ${pending.map(({ invoice }) => invoice).join(' and ')}`,
    )
}
