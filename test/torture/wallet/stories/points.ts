/** Points that services give and take, points that become balance, and vouchers that many want. */
import type { Random } from '../../../random.ts'
import { type Cast, key, post, postTwice, refusedFor, thousands } from '../cast.ts'
import { STAFF, type Told } from '../desk.ts'
import { type KnownGrant, SETTINGS } from '../model.ts'

/** Given or taken at once; or waiting, and then completed, withdrawn, or both at once. */
export async function grant(cast: Cast, random: Random): Promise<void> {
  const service = random.pick(cast.payees)
  const known = await ask(cast, random, service)
  if (known?.state !== 'PENDING' || random.chance(0.1)) return
  const path = `/points/grants/${known.id}`
  const complete = () => post(cast, service, `${path}/complete`)
  const withdraw = () => cast.client.ask(service, path, { method: 'DELETE' })
  const both = random.chance(0.4)
  const first = random.chance(0.5)
  const [completed, withdrawn] = await Promise.all([
    both || first ? complete() : undefined,
    both || !first ? withdraw() : undefined,
  ])
  ended(cast, known, completed, withdrawn)
}

async function ask(cast: Cast, random: Random, service: string): Promise<KnownGrant | undefined> {
  const person = random.pick(cast.collectors)
  const [type, points] = [random.pick(['EARN', 'EARN', 'REDEEM'] as const), 1 + random.int(60)]
  const once = key(cast)
  const body = {
    username: person,
    type,
    amount: String(points),
    reference_number: `ref-${cast.next()}`,
    src: 'PROMO',
    status: random.pick(['PENDING', 'COMPLETE']),
  }
  const told = random.chance(0.3)
    ? await postTwice(cast, service, '/points/grants', body, once)
    : await post(cast, service, '/points/grants', body, once)
  refusedFor(cast, 'a grant', told, ['insufficient_points', 'rate_limited'])
  const { id, status } = told.body
  if (told.status >= 300 || id === undefined) return undefined
  cast.model.sameUnder(once, `grant ${id}`)
  const state = status === 'PENDING' ? 'PENDING' : 'COMPLETE'
  const known: KnownGrant = { id: String(id), person, type, points, state }
  cast.model.grants.set(known.id, known)
  return known
}

function ended({ model }: Cast, known: KnownGrant, completed?: Told, withdrawn?: Told): void {
  const isCompleted = completed !== undefined && completed.status < 300
  const isWithdrawn = withdrawn !== undefined && withdrawn.status < 300
  if (isCompleted && isWithdrawn) model.violated('turned back', `grant ${known.id} is complete and withdrawn`)
  if (isCompleted) known.state = 'COMPLETE'
  else if (isWithdrawn) known.state = 'WITHDRAWN'
  // Of two tries the second finds nothing where the first one's answer was lost.
  else if (completed?.wasUnknown || withdrawn?.wasUnknown) known.state = 'unclear'
  else model.violated('refused', `grant ${known.id} could be neither completed nor withdrawn`)
}

export async function redeem(cast: Cast, random: Random): Promise<void> {
  const person = random.pick(cast.collectors)
  const points = 10 + random.int(60)
  const once = key(cast)
  const told = await postTwice(cast, person, '/points/redemptions', { amount: String(points) }, once)
  refusedFor(cast, 'a redemption', told, ['insufficient_points', 'rate_limited'])
  const id = told.body.transaction?.id
  if (told.status >= 300 || id === undefined) return
  cast.model.sameUnder(once, `redemption ${id}`)
  cast.model.redemptions.set(id, { person, amount: points * SETTINGS['points.value'] })
}

/** A voucher for some, and everybody at once. */
export async function voucherForSome(cast: Cast, random: Random): Promise<void> {
  const { model, collectors } = cast
  const code = `TORTUR${cast.next()}`
  const kind = random.pick(['BALANCE', 'POINTS'] as const)
  const value = kind === 'BALANCE' ? thousands(random, 9) : 5 + random.int(50)
  const quota = 1 + random.int(3)
  const made = await post(cast, STAFF, '/admin/vouchers', { code, kind, value, quota, per_user_limit: 1 })
  const isThere = made.status < 300 || (made.wasUnknown && made.body.code === 'voucher_exists')
  if (!isThere) {
    refusedFor(cast, 'a new voucher', made, ['rate_limited'])
    return
  }
  const voucher = { kind, value, quota, redeemedBy: new Set<string>() }
  model.vouchers.set(code, voucher)
  await Promise.all(
    collectors.map(async (person) => {
      const told = await postTwice(cast, person, '/vouchers/redemptions', { code })
      refusedFor(cast, 'a voucher', told, ['voucher_exhausted', 'voucher_already_used', 'rate_limited'])
      if (told.status < 300) voucher.redeemedBy.add(person)
    }),
  )
  if (voucher.redeemedBy.size > quota)
    model.violated('voucher', `${code} is for ${quota}, and ${[...voucher.redeemedBy].join(' and ')} have it`)
}
