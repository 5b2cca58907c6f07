/** An administrator corrects balances: under one key once, and to exactly what was said. */
import type { Random } from '../../../random.ts'
import { ADMIN } from '../../stage.ts'
import { type Cast, key, withOne } from '../cast.ts'
import type { Told } from '../desk.ts'
import { money } from '../model.ts'

interface Correction {
  readonly mode: 'add' | 'set'
  readonly amount: number
}

/** Somebody who shops meanwhile is given money, by a click that comes twice. */
export async function adjust(cast: Cast, random: Random): Promise<void> {
  const person = random.pick(cast.people)
  const amount = 1_000 * (1 + random.int(20))
  const told = await correct(cast, person, { mode: 'add', amount })
  if (told) cast.model.adjustments.push({ person, amount })
}

/** Nobody else moves a saver's money: each answer says exactly what they have. */
export async function setBalance(cast: Cast, random: Random): Promise<void> {
  const { model } = cast
  await withOne(cast, random, cast.savers, async (person) => {
    for (const mode of random.shuffled(['set', 'add'] as const)) {
      const before = model.saved.get(person) ?? 0
      const amount = 1_000 * (1 + random.int(200))
      const after = mode === 'set' ? amount : before + amount
      const told = await correct(cast, person, { mode, amount })
      if (!told) continue
      model.saved.set(person, after)
      model.adjustments.push({ person, amount: after - before })
      if (told.body.account_balance !== money(after))
        model.violated('balance', `${person} was told ${told.body.account_balance}, and has ${money(after)}`)
    }
  })
}

/** The same request twice at once; undefined where it was refused. */
async function correct(cast: Cast, person: number, correction: Correction): Promise<Told | undefined> {
  const same = key(cast)
  const [first, second] = await Promise.all([
    send(cast, person, correction, same),
    send(cast, person, correction, same),
  ])
  if (first.status !== second.status || first.body.account_balance !== second.body.account_balance)
    cast.model.violated(
      'idempotency',
      `a correction was answered with ${said(first)} and with ${said(second)} under one key`,
    )
  return first.status < 300 ? first : undefined
}

async function send(cast: Cast, person: number, { mode, amount }: Correction, once: string): Promise<Told> {
  return await cast.client.ask(ADMIN, `/admin/users/${person}/balance`, {
    method: 'POST',
    key: once,
    body: { mode, amount: money(amount), reason: 'torture' },
  })
}

function said({ status, body }: Told): string {
  return `${status} ${body.account_balance ?? body.code ?? ''}`
}
