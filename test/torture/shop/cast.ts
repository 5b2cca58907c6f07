/** Who meets in the shop, and what they have to hand. */
import type { Random } from '../../random.ts'
import type { Client } from '../client.ts'
import type { Stage } from '../stage.ts'
import type { Body } from './desk.ts'
import type { Model } from './model.ts'

export interface Cast {
  readonly stage: Stage
  readonly model: Model
  readonly client: Client<number, Body>
  readonly people: readonly number[]
  /** They buy nothing: their balances are set and added to. */
  readonly savers: readonly number[]
  readonly products: readonly number[]
  /** What goes on beside the stories: payments on their way, second thoughts. */
  readonly background: Set<Promise<void>>
  /** Of these one story at a time speaks: who is being banned, whose balance is being set. */
  readonly taken: Set<number>
  /** Names every key and every good once. */
  next(): number
}

export type Story = (cast: Cast, random: Random) => Promise<void>

export function key(cast: Cast): string {
  return `key-${cast.next()}`
}

/** Runs `work` for the one of them that nobody speaks of just now; not at all where all are taken. */
export async function withOne(
  { taken }: Cast,
  random: Random,
  people: readonly number[],
  work: (person: number) => Promise<void>,
): Promise<void> {
  const free = people.filter((person) => !taken.has(person))
  if (free.length === 0) return
  const person = random.pick(free)
  taken.add(person)
  try {
    await work(person)
  } finally {
    taken.delete(person)
  }
}
