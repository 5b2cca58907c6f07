/**
 * Who is signed in on this device.
 *
 * The access token lives in memory alone. The refresh token has to outlive a reload, and the API gives it to scripts, so it
 * lies in the tab's storage, which ends with the tab; on the device only where somebody asks to stay signed in. A script
 * of somebody else could read either; there is none, because the page's policy takes no script and no markup but ours. A
 * refresh token works once: whoever uses a stolen one ends the session for both.
 */
const NAME = 'wallet.refresh_token'

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

/**
 * Another pair of tokens for the same session, in the same place.
 * @param {Tokens} tokens
 */
export function renewSession(tokens) {
  access = tokens.access_token
  const place = sessionStorage.getItem(NAME) === null ? localStorage : sessionStorage
  place.setItem(NAME, tokens.refresh_token)
}

export function endSession() {
  access = undefined
  sessionStorage.removeItem(NAME)
  localStorage.removeItem(NAME)
}
