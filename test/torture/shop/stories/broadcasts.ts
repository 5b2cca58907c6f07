/** Messages to everybody: sent once however often the button is pressed, and to nobody more after a cancellation. */
import type { Random } from '../../../random.ts'
import { ADMIN } from '../../stage.ts'
import type { Cast } from '../cast.ts'
import type { Told } from '../desk.ts'
import type { KnownBroadcast } from '../model.ts'

export async function broadcast(cast: Cast, random: Random): Promise<void> {
  const [id, known] = await draft(cast)
  if (known === undefined || random.chance(0.1)) return
  await Promise.all([1, 2].map(() => press(cast, id, known, 'send')))
}

export async function broadcastAgainstCancel(cast: Cast, random: Random): Promise<void> {
  const [id, known] = await draft(cast)
  if (known === undefined) return
  const [first, second] = random.shuffled(['send', 'cancel'] as const)
  await Promise.all(
    [first, second, 'cancel' as const].map((what) => press(cast, id, known, what ?? 'cancel')),
  )
}

/** A draft whose answer was lost stays a draft, and nobody hears it. */
async function draft(cast: Cast): Promise<[id: number, known: KnownBroadcast | undefined]> {
  const text = `KABAR-${cast.next()}-X`
  const { status, body } = await cast.client.ask(ADMIN, '/admin/broadcasts', {
    method: 'POST',
    body: { body: text },
  })
  const id = Number(body.id)
  if (status !== 201) {
    cast.model.violated('refused', `a draft was answered with ${status} ${body.code ?? ''}`)
    return [id, undefined]
  }
  const known = { text, sentTold: false, cancelTold: false }
  cast.model.broadcasts.set(id, known)
  return [id, known]
}

async function press(cast: Cast, id: number, known: KnownBroadcast, what: 'send' | 'cancel'): Promise<void> {
  const told = await cast.client.ask(ADMIN, `/admin/broadcasts/${id}/${what}`, { method: 'POST' })
  observe(cast, id, known, what, told)
}

function observe(
  { model }: Cast,
  id: number,
  known: KnownBroadcast,
  what: 'send' | 'cancel',
  { status, body }: Told,
): void {
  if (status === 200 && what === 'send') known.sentTold = true
  else if (status === 200) known.cancelTold = true
  else if (body.code === 'broadcast_cancelled') known.cancelTold = true
  else if (body.code === 'broadcast_done') known.sentTold = true
  else model.violated('refused', `${what} of broadcast ${id} was answered with ${status} ${body.code ?? ''}`)
}
