/** People come because somebody invited them; their first money brings both of them points, once. */
import type { Random } from '../../../random.ts'
import { type Cast, refusedFor } from '../cast.ts'
import { PASSWORD, STAFF } from '../desk.ts'
import { payInvoice } from './invoices.ts'
import { createTopup } from './topups.ts'

/** They are registered at the counter: without a key, so that a second try may find the name taken by the first. */
export async function come(cast: Cast, random: Random): Promise<void> {
  const { model, client } = cast
  const referrer = random.pick(cast.payers)
  const person = `baru_${cast.next()}`
  const body = {
    username: person,
    password: PASSWORD,
    email: `${person}@example.com`,
    first_name: 'Baru',
    last_name: 'Datang',
    referral_code: cast.codes.get(referrer),
  }
  const told = await client.ask(STAFF, '/auth/register', { method: 'POST', body })
  const isThere = told.status < 300 || (told.wasUnknown && told.body.code === 'username_taken')
  if (!isThere) {
    refusedFor(cast, 'a registration', told, ['rate_limited'])
    return
  }
  model.opening.set(person, { rupiah: 0, points: 0 })
  model.invited.set(person, referrer)
  const topups = await Promise.all([createTopup(cast, random, person), createTopup(cast, random, person)])
  for (const topup of topups) if (topup && random.chance(0.7)) payInvoice(cast, random, topup.invoice)
}
