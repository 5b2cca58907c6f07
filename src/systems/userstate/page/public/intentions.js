/**
 * Money moves once per intention, however often it is asked for.
 *
 * Whoever wants to pay Rp 50.000 to a merchant has one intention. It has one Idempotency-Key from the first press until the
 * API has said what became of it: a second press, a try after a lost answer, after a reload or after signing in again all
 * carry the same key, and the API answers them all with the one payment. Once there is an answer, the same again is a new
 * intention with a new key.
 */
import { Refusal } from './api.js'

const NAME = 'wallet.intentions'
/** The API remembers keys for 48 hours. */
const LIVES_MS = 24 * 3600 * 1000

/** @typedef {Record<string, { key: string, at: number }>} Open */

/** @type {Map<string, Promise<unknown>>} */
const underWay = new Map()

/**
 * @template Answer
 * @param {string} what "pay"
 * @param {unknown} content all that makes it this intention and not another
 * @param {(key: string) => Promise<Answer>} act
 * @returns {Promise<Answer>}
 */
export function once(what, content, act) {
  const intention = `${what} ${JSON.stringify(content)}`
  const running = /** @type {Promise<Answer> | undefined} */ (underWay.get(intention))
  if (running) return running
  const begun = carryOut(intention, act).finally(() => underWay.delete(intention))
  underWay.set(intention, begun)
  return begun
}

/**
 * @template Answer
 * @param {string} intention
 * @param {(key: string) => Promise<Answer>} act
 * @returns {Promise<Answer>}
 */
async function carryOut(intention, act) {
  const { key } = remember(intention)
  try {
    const answer = await act(key)
    forget(intention)
    return answer
  } catch (error) {
    if (error instanceof Refusal && error.isFinal) forget(intention)
    throw error
  }
}

/** @param {string} intention */
function remember(intention) {
  const open = recall()
  const known = open[intention] ?? { key: newKey(), at: Date.now() }
  store({ ...open, [intention]: known })
  return known
}

/** @param {string} intention */
function forget(intention) {
  const { [intention]: _, ...others } = recall()
  store(others)
}

/** @returns {Open} */
function recall() {
  /** @type {Open} */
  const all = JSON.parse(sessionStorage.getItem(NAME) ?? '{}')
  return Object.fromEntries(Object.entries(all).filter(([, { at }]) => at > Date.now() - LIVES_MS))
}

/** @param {Open} open */
function store(open) {
  sessionStorage.setItem(NAME, JSON.stringify(open))
}

/** Also where `crypto.randomUUID` is missing, for want of https. */
function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('')
}
