/** Money back: asked for by the owner, decided by an administrator; once each, and as much as the formula says. */
import type { Random } from '../../../random.ts'
import { ADMIN } from '../../stage.ts'
import { type Cast, key } from '../cast.ts'
import type { Told } from '../desk.ts'
import type { KnownOrder, KnownRefund } from '../model.ts'

type Decision = 'approve' | 'reject'

/** Asked for, and decided or left lying. */
export async function refund(cast: Cast, random: Random): Promise<void> {
  const order = paidOrder(cast, random)
  if (!order) return
  const known = await request(cast, order, key(cast))
  if (known && random.chance(0.8)) await decide(cast, known, [random.chance(0.7) ? 'approve' : 'reject'])
}

/** Twice by one click and once by another: of an order one refund is open or paid. */
export async function refundAskedTwice(cast: Cast, random: Random): Promise<void> {
  const order = paidOrder(cast, random)
  if (!order) return
  const same = key(cast)
  const known = await Promise.all([same, same, key(cast)].map((once) => request(cast, order, once)))
  for (const one of new Set(known)) if (one && random.chance(0.5)) await decide(cast, one, ['approve'])
}

/** Two administrators tap at once. */
export async function refundDecidedTwice(cast: Cast, random: Random): Promise<void> {
  const order = paidOrder(cast, random)
  if (!order) return
  const known = await request(cast, order, key(cast))
  const taps: readonly (readonly Decision[])[] = [
    ['approve', 'approve'],
    ['approve', 'reject'],
    ['reject', 'reject'],
  ]
  if (known) await decide(cast, known, random.pick(taps))
}

function paidOrder({ model }: Cast, random: Random): KnownOrder | undefined {
  const paid = [...model.orders.values()].filter(({ paidTold }) => paidTold)
  return paid.length === 0 ? undefined : random.pick(paid)
}

/** What somebody who asks in good faith may be refused for. */
const REFUSALS: ReadonlySet<string> = new Set(['refund_exists', 'refund_not_eligible', 'banned'])

async function request(cast: Cast, order: KnownOrder, once: string): Promise<KnownRefund | undefined> {
  const { client, model, stage } = cast
  const { invoice, person } = order
  const askedAt = stage.clock.now().getTime()
  const { status, body } = await client.ask(person, `/orders/${invoice}/refund`, {
    method: 'POST',
    key: once,
  })
  const due = model.refundsOf(order, askedAt, stage.clock.now().getTime())
  if (status >= 300) {
    if (!REFUSALS.has(body.code ?? ''))
      model.violated('refused', `a refund was answered with ${status} ${body.code ?? ''}`)
    if (body.code === 'refund_not_eligible' && !due.includes(0))
      model.violated(
        'refused',
        `${invoice} should be worth ${due.join(' or ')}, and is said not to be eligible`,
      )
    return undefined
  }
  const known = model.acknowledgeRefund(once, order, String(body.id), Number(body.amount))
  if (!due.includes(Number(body.amount)))
    model.violated('amounts', `the refund of ${invoice} is ${body.amount}, and should be ${due.join(' or ')}`)
  return known
}

/** All at once, each under a key of its own: one of them counts. */
async function decide(cast: Cast, known: KnownRefund, taps: readonly Decision[]): Promise<void> {
  const answers = await Promise.all(taps.map(async (tap) => ({ tap, told: await send(cast, known, tap) })))
  const { model } = cast
  for (const { tap, told } of answers)
    if (told.status >= 300 && told.body.code !== 'refund_decided')
      model.violated(
        'refused',
        `${tap} of refund ${known.id} was answered with ${told.status} ${told.body.code}`,
      )
  const counted = answers.filter(({ told }) => told.status < 300)
  if (counted.length > 1)
    model.violated(
      'refunded twice',
      `refund ${known.id}: ${counted.map(({ tap }) => tap).join(' and ')} both counted`,
    )
  const [one] = counted
  if (one) known.decided = one.tap === 'approve' ? 'paid' : 'rejected'
  // A rejection has no key: where its answer was lost, its second try is refused.
  else known.decided ??= 'unclear'
}

async function send({ client, ...cast }: Cast, { id }: KnownRefund, tap: Decision): Promise<Told> {
  const path = `/admin/refunds/${id}/${tap}`
  return tap === 'approve'
    ? await client.ask(ADMIN, path, { method: 'POST', key: key({ client, ...cast }) })
    : await client.ask(ADMIN, path, { method: 'POST', body: { reason: 'torture' } })
}
