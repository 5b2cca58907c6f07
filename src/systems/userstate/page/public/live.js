import { el, shown } from './dom.js'

const EVERY_MS = 3000

/**
 * What a screen is given when somebody comes to it.
 * @typedef {object} Visit
 * @property {string | undefined} id the part of the address behind the screen's name
 * @property {URLSearchParams} query
 * @property {AbortSignal} left aborted when they leave it
 */

/**
 * A part of a screen that stays current while somebody looks at it, and is drawn anew only where something changed.
 * @template Data
 * @param {AbortSignal} left
 * @param {() => Promise<Data>} load
 * @param {(data: Data, renew: () => Promise<void>) => readonly import('./dom.js').Child[]} draw
 * @param {() => Promise<unknown>} [returned] what to do first when somebody comes back to the page
 * @returns {Promise<{ region: HTMLElement, renew: () => Promise<void> }>}
 */
export async function live(left, load, draw, returned = async () => {}) {
  let data = await load()
  const renew = async () => {
    if (left.aborted) return
    const next = await load()
    if (left.aborted || JSON.stringify(next) === JSON.stringify(data)) return
    data = next
    redraw(region, draw(data, renew))
  }
  const region = el('div', { class: 'live' }, draw(data, renew))
  // They may have left while the first answer was on its way: nobody would end the timer.
  if (left.aborted) return { region, renew }
  const look = () => document.hidden || renew().catch(() => {}) // said by the page's notice, and tried again
  const comeBack = () =>
    document.hidden ||
    returned()
      .then(renew, renew)
      .catch(() => {})
  const timer = setInterval(look, EVERY_MS)
  left.addEventListener('abort', () => clearInterval(timer))
  document.addEventListener('visibilitychange', comeBack, { signal: left })
  addEventListener('online', look, { signal: left })
  return { region, renew }
}

/**
 * Whoever stood on a link or a button stands on the same one afterwards.
 * @param {HTMLElement} region
 * @param {readonly import('./dom.js').Child[]} children
 */
function redraw(region, children) {
  const stood = region.contains(document.activeElement) ? nameOf(document.activeElement) : undefined
  region.replaceChildren(...shown(children))
  if (stood === undefined) return
  const again = [...region.querySelectorAll('a, button')].find((each) => nameOf(each) === stood)
  if (again instanceof HTMLElement) again.focus()
}

/** @param {Element | null} element */
function nameOf(element) {
  return element?.getAttribute('href') ?? element?.textContent ?? ''
}
