import { accessToken, endSession, refreshToken, renewSession, sessionOwner } from './session.js'

const BASE = '/userstate/v1'
/** The gateway is given eight seconds by the server; whoever waits longer than this has lost the answer. */
const PATIENCE_MS = 20_000
/** A picture of 5 MB over a slow line. */
const UPLOAD_PATIENCE_MS = 120_000
/** Before an answer that was lost is asked for again. */
const PAUSES_MS = [300, 1500]
/** Refusals of the API that leave open what became of an earlier try. */
const LEAVE_OPEN = ['idempotency_in_progress', 'rate_limited', 'unauthenticated']

/** What the API refuses, or `offline` where it was not heard. */
export class Refusal extends Error {
  /**
   * @param {string} code
   * @param {number} status 0 where there was no answer
   * @param {Readonly<Record<string, unknown>>} problem members of the problem (RFC 9457)
   */
  constructor(code, status, problem = {}) {
    super(typeof problem.detail === 'string' ? problem.detail : code)
    this.code = code
    this.status = status
    this.problem = problem
  }

  /**
   * Whether it certainly had no effect, and asking again would be refused again. What a proxy between us and the API says
   * (408, 403, 404) tells nothing of what the API has done.
   */
  get isFinal() {
    if (this.code === 'gateway_rejected') return true
    const isOurs = typeof this.problem.code === 'string'
    return isOurs && this.status >= 400 && this.status < 500 && !LEAVE_OPEN.includes(this.code)
  }
}

/**
 * @typedef {object} Options
 * @property {unknown} [body] FormData goes as a form, all else as JSON
 * @property {string} [key] Idempotency-Key
 * @property {boolean} [open] without a session
 * @property {boolean} [file] the answer is a file
 */

/**
 * Asks the API, and once more with new tokens where the old ones have ended.
 * @param {string} method
 * @param {string} path below /userstate/v1
 * @param {Options} [options]
 * @returns {Promise<unknown>} the answer's JSON, or a Blob
 */
export async function call(method, path, options = {}) {
  if (options.open) return await heard(method, path, options)
  if (accessToken() === undefined) await refresh()
  const used = accessToken()
  try {
    return await heard(method, path, options)
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'unauthenticated') throw error
    if (accessToken() === used) await refresh()
    return await heard(method, path, options)
  }
}

/**
 * Asks again where the answer was lost: only what may be asked twice, because it reads or carries a key.
 * @param {string} method
 * @param {string} path
 * @param {Options} options
 */
async function heard(method, path, options) {
  const mayRepeat = method === 'GET' || options.key !== undefined
  for (const pause of mayRepeat ? PAUSES_MS : []) {
    try {
      return await ask(method, path, options)
    } catch (error) {
      const isOpen = error instanceof Refusal && ['offline', 'idempotency_in_progress'].includes(error.code)
      if (!isOpen) throw error
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
  }
  return await ask(method, path, options)
}

/**
 * @param {string} method
 * @param {string} path
 * @param {Options} options
 */
async function ask(method, path, { body, key, open, file }) {
  const token = open ? undefined : accessToken()
  const isForm = body instanceof FormData
  const request = {
    method,
    headers: {
      ...(body === undefined || isForm ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    },
    signal: AbortSignal.timeout(isForm ? UPLOAD_PATIENCE_MS : PATIENCE_MS),
    ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
  }
  const { status, type, content } = await answerOf(fetch(BASE + path, request))
  if (status < 400 && file) return content
  const text = await content.text()
  if (status < 400) return text === '' ? undefined : JSON.parse(text)
  const problem = type.startsWith('application/problem+json') ? readProblem(text) : {}
  throw new Refusal(typeof problem.code === 'string' ? problem.code : 'internal', status, problem)
}

/**
 * The page is told whether the API was heard: events `unheard` and `heard` of the window.
 * @param {Promise<Response>} response
 */
async function answerOf(response) {
  try {
    const { status, headers } = await response
    const content = await (await response).blob()
    dispatchEvent(new Event('heard'))
    return { status, type: headers.get('content-type') ?? '', content }
  } catch {
    dispatchEvent(new Event('unheard'))
    throw new Refusal('offline', 0)
  }
}

/**
 * A proxy between us and the API may answer something else.
 * @param {string} text
 * @returns {Record<string, unknown>}
 */
function readProblem(text) {
  try {
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}

/** Whose session it is, also before the first call. @returns {Promise<string | undefined>} */
export async function whoAsks() {
  if (accessToken() === undefined) await refresh()
  return sessionOwner()
}

/** @type {Promise<void> | undefined} */
let refreshing

/** New tokens, asked for once however many wait for them, also in other tabs. @returns {Promise<void>} */
function refresh() {
  refreshing ??= alone(rotate).finally(() => {
    refreshing = undefined
  })
  return refreshing
}

/** @throws {Refusal} unauthenticated where the session is over; the window is told by an event `sessionended` */
async function rotate() {
  const token = refreshToken()
  try {
    if (token === undefined) throw new Refusal('unauthenticated', 401)
    const tokens = await ask('POST', '/auth/refresh', { body: { refresh_token: token }, open: true })
    renewSession(token, /** @type {import('./session.js').Tokens} */ (tokens))
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 401) throw error
    endSession()
    dispatchEvent(new Event('sessionended'))
    throw new Refusal('unauthenticated', 401)
  }
}

/**
 * A refresh token works once: two tabs that share it go one after the other. Without https there is no such lock.
 * @param {() => Promise<void>} work
 */
async function alone(work) {
  if (!('locks' in navigator)) return await work()
  await navigator.locks.request('wallet.refresh', work)
}
