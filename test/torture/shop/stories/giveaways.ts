/** Vouchers for everybody: a click makes them once, and from then on the others fight for them. */
import type { Random } from '../../../random.ts'
import { ADMIN } from '../../stage.ts'
import { type Cast, key } from '../cast.ts'
import { money } from '../model.ts'

export async function giveaway(cast: Cast, random: Random): Promise<void> {
  const { client, model, stage } = cast
  const [amount, count] = [1_000 * (1 + random.int(30)), 1 + random.int(5)]
  const asked = { method: 'POST', key: key(cast), body: { amount: money(amount), count } }
  const [first, second] = await Promise.all([1, 2].map(() => client.ask(ADMIN, '/admin/giveaways', asked)))
  const { codes = [], broadcast_id: news } = first?.body ?? {}
  if (first?.status !== 201 || news === undefined) {
    model.violated('refused', `a giveaway was answered with ${first?.status} ${first?.body.code ?? ''}`)
    return
  }
  if (codes.join() !== second?.body.codes?.join())
    model.violated(
      'idempotency',
      `a giveaway made ${codes.join()} and ${second?.body.codes?.join()} under one key`,
    )
  if (new Set(codes).size !== count || codes.some((code) => model.vouchers.has(code)))
    model.violated('voucher', `a giveaway of ${count} made ${codes.join()}`)
  for (const code of codes) {
    model.vouchers.set(code, amount)
    model.vouchersEnd.set(code, stage.clock.now().getTime() + 30 * 86_400_000)
  }
  const [code = ''] = codes
  model.broadcasts.set(news, { text: code, sentTold: true, cancelTold: false })
}
