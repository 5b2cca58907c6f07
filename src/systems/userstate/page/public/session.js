/**
 * Who is signed in on this device.
 *
 * The access token lives in memory alone. The refresh token has to outlive a reload, and the API gives it to scripts, so it
 * lies in the tab's storage, which ends with the tab; on the device only where somebody asks to stay signed in. A script
 * of somebody else could read either; there is none, because the page's policy takes no script and no markup but ours. A
 * refresh token works once: whoever uses a stolen one ends the session for both. A tab that somebody duplicates takes a copy
 * of its storage along, so that new tokens are handed on to whichever tab holds the ones they replace.
 */
const NAME = 'wallet.refresh_token'
const tabs = new BroadcastChannel('wallet.session')

/** @type {string | undefined} */
let access

/** @returns {string | undefined} */
export const accessToken = () => access

/** @returns {string | undefined} */
export function refreshToken() {
  return sessionStorage.getItem(NAME) ?? localStorage.getItem(NAME) ?? undefined
}

/** @typedef {{ readonly access_token: string, readonly refresh_token: string }} Tokens */

/**
 * Begins a session; without `stays` it ends with the tab.
 * @param {Tokens} tokens
 * @param {boolean} stays
 */
export function beginSession(tokens, stays) {
  endSession()
  access = tokens.access_token
  const place = stays ? localStorage : sessionStorage
  place.setItem(NAME, tokens.refresh_token)
}

/** Where this session is kept. @returns {Storage} */
export function sessionPlace() {
  return sessionStorage.getItem(NAME) === null ? localStorage : sessionStorage
}

/** Whose session it is; undefined before there is an access token. @returns {string | undefined} */
export function sessionOwner() {
  const [, claims] = access?.split('.') ?? []
  if (claims === undefined) return undefined
  return JSON.parse(atob(claims.replaceAll('-', '+').replaceAll('_', '/'))).sub
}

/**
 * Another pair of tokens for the same session, in the same place, here and in the tabs that share it.
 * @param {string} used the refresh token that they were given for
 * @param {Tokens} tokens
 */
export function renewSession(used, tokens) {
  takeOver(used, tokens)
  tabs.postMessage({ used, tokens })
}

tabs.addEventListener('message', ({ data: { used, tokens } }) => takeOver(used, tokens))

/**
 * Whoever has signed out meanwhile, or holds newer ones, has no use for them.
 * @param {string} used
 * @param {Tokens} tokens
 */
function takeOver(used, tokens) {
  if (refreshToken() !== used) return
  access = tokens.access_token
  sessionPlace().setItem(NAME, tokens.refresh_token)
}

export function endSession() {
  access = undefined
  sessionStorage.removeItem(NAME)
  localStorage.removeItem(NAME)
}
