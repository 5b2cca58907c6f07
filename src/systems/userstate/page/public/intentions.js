/**
 * Money moves once per intention, however often it is asked for.
 *
 * Whoever wants to pay Rp 50.000 to a merchant has one intention. It has one Idempotency-Key from the first press until the
 * API has said what became of it: a second press, a try after a lost answer, after a reload or after signing in again all
 * carry the same key, and the API answers them all with the one payment. Once there is an answer, the same again is a new
 * intention with a new key. What is open lies where the session lies, so that it is there as long as they stay signed in.
 */
import { Refusal, whoAsks } from './api.js'
import { sessionPlace } from './session.js'

const NAME = 'wallet.intention'
/** The API remembers keys for 48 hours. */
const LIVES_MS = 24 * 3600 * 1000

/** @typedef {{ key: string, at: number }} Open */

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
  const name = `${NAME} ${await whoAsks()} ${intention}`
  const { key } = remember(name)
  try {
    const answer = await act(key)
    forget(name)
    return answer
  } catch (error) {
    if (error instanceof Refusal && error.isFinal) forget(name)
    throw error
  }
}

/** Whoever signed in again may be kept in the other place now. @param {string} name @returns {Open} */
function remember(name) {
  for (const place of [sessionStorage, localStorage]) forgetOld(place)
  const known = sessionStorage.getItem(name) ?? localStorage.getItem(name)
  if (known !== null) return JSON.parse(known)
  const open = { key: newKey(), at: Date.now() }
  sessionPlace().setItem(name, JSON.stringify(open))
  return open
}

/** @param {string} name */
function forget(name) {
  sessionStorage.removeItem(name)
  localStorage.removeItem(name)
}

/** @param {Storage} place */
function forgetOld(place) {
  for (const [name, value] of Object.entries(place)) {
    if (name.startsWith(`${NAME} `) && JSON.parse(value).at <= Date.now() - LIVES_MS) place.removeItem(name)
  }
}

/** Also where `crypto.randomUUID` is missing, for want of https. */
function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('')
}
