/** Money out: to accounts that take it, refuse it or send it back; cancelled against its leaving. */
import type { Random } from '../../../random.ts'
import { type Cast, key, post, postTwice, refusedFor, thousands } from '../cast.ts'
import { type KnownPayout, SETTINGS } from '../model.ts'

const REFUSALS = ['insufficient_funds', 'payout_daily_limit', 'rate_limited']

export async function withdraw(cast: Cast, random: Random): Promise<void> {
  const person = random.pick(cast.payers)
  const known = await request(cast, random, person)
  if (!known || random.chance(0.7)) return
  const told = await post(cast, person, `/payouts/${known.id}/cancel`)
  refusedFor(cast, 'the cancellation of a payout', told, ['payout_not_cancellable', 'rate_limited'])
  if (told.status < 300 && told.body.status === 'CANCELLED') known.cancelTold = true
}

async function request(cast: Cast, random: Random, person: string): Promise<KnownPayout | undefined> {
  const account = random.pick(cast.accounts.get(person) ?? [])
  const amount = 9_000 + thousands(random, 60)
  const once = key(cast)
  const body = { bank_account_id: account, amount: String(amount) }
  const told = random.chance(0.3)
    ? await postTwice(cast, person, '/payouts', body, once)
    : await post(cast, person, '/payouts', body, once)
  refusedFor(cast, 'a payout', told, REFUSALS)
  const { id, transaction_id: transaction, reference_id: reference, fee } = told.body
  if (told.status >= 300 || id === undefined || transaction === undefined || reference === undefined)
    return undefined
  cast.model.sameUnder(once, `payout ${id}`)
  if (told.body.amount !== String(amount) || fee !== String(SETTINGS['payout.fee']))
    cast.model.violated('amounts', `payout ${id} of ${amount} is ${told.body.amount} and ${fee}`)
  const known = {
    id: String(id),
    transaction,
    reference,
    person,
    amount,
    fee: SETTINGS['payout.fee'],
    cancelTold: false,
  }
  cast.model.payouts.set(known.id, known)
  return known
}
