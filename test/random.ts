/** Chance that can be repeated: everything drawn follows from the seed's text. */
import { createHash } from 'node:crypto'

export interface Random {
  /** A number in [0, 1). */
  next(): number
  /** A whole number in [0, below). */
  int(below: number): number
  chance(probability: number): boolean
  /** @throws RangeError where there is nothing to pick from */
  pick<T>(list: readonly T[]): T
  shuffled<T>(list: readonly T[]): T[]
}

/** Each name has a stream of its own: `randomOf(seed, 'request', 17)` draws the same in every run. */
export function randomOf(...names: readonly (string | number)[]): Random {
  const state = new Uint32Array(createHash('sha256').update(names.join(' ')).digest().buffer.slice(0, 16))
  const next = () => sfc32(state) / 2 ** 32
  const int = (below: number) => Math.floor(next() * below)
  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick(list) {
      const found = list[int(list.length)]
      if (found === undefined) throw new RangeError('nothing to pick from')
      return found
    },
    shuffled(list) {
      const copy = [...list]
      for (let i = copy.length - 1; i > 0; i--) {
        const j = int(i + 1)
        const [a, b] = [copy[i], copy[j]]
        if (a !== undefined && b !== undefined) [copy[i], copy[j]] = [b, a]
      }
      return copy
    },
  }
}

/** Doty-Humphrey's sfc32: small, fast, and passes the statistical batteries. */
function sfc32(state: Uint32Array): number {
  const [a = 0, b = 0, c = 0, counter = 0] = state
  const result = (a + b + counter) >>> 0
  state[3] = counter + 1
  state[0] = b ^ (b >>> 9)
  state[1] = c + (c << 3)
  state[2] = ((c << 21) | (c >>> 11)) + result
  return result
}
