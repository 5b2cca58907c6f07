/** Finance corrects wallets and settles with services: under one key once. */
import type { Random } from '../../../random.ts'
import { type Cast, key, post, postTwice, refusedFor, thousands } from '../cast.ts'
import { STAFF } from '../desk.ts'

export async function adjust(cast: Cast, random: Random): Promise<void> {
  const person = random.pick([...cast.payers, ...cast.collectors])
  const [direction, rupiah] = [random.pick(['credit', 'debit'] as const), thousands(random, 20)]
  const once = key(cast)
  const body = { username: person, direction, amount: String(rupiah), reason: 'Koreksi' }
  const told = await postTwice(cast, STAFF, '/admin/adjustments', body, once)
  refusedFor(cast, 'an adjustment', told, ['insufficient_funds', 'rate_limited'])
  const { id } = told.body
  if (told.status >= 300 || id === undefined) return
  cast.model.sameUnder(once, `adjustment ${id}`)
  cast.model.adjustments.set(String(id), { person, amount: direction === 'credit' ? rupiah : -rupiah })
}

export async function settle(cast: Cast, random: Random): Promise<void> {
  const payee = random.pick(cast.payees)
  const amount = thousands(random, 100)
  const body = { holder: payee, amount: String(amount), reference: `transfer ${cast.next()}` }
  const once = key(cast)
  const told = await post(cast, STAFF, '/admin/settlements', body, once)
  refusedFor(cast, 'a settlement', told, ['payee_funds_insufficient', 'rate_limited'])
  if (told.status < 300) cast.model.settlements.push({ payee, amount })
}
