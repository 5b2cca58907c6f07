/**
 * @typedef {Node | string | number | false | null | undefined} Child
 * @typedef {string | number | boolean | undefined | ((event: Event) => unknown)} Attribute
 */

/**
 * An element. What is put into it becomes text and never markup, whoever wrote it.
 *
 *     el('a', { href: '#/isi', class: 'button' }, 'Isi saldo')
 *     el('button', { type: 'button', click: cancel }, 'Batalkan')      a function listens
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Readonly<Record<string, Attribute>>} attributes true is set, false and undefined are left out
 * @param {readonly (Child | readonly Child[])[]} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name, value)
    else if (value !== undefined && value !== false)
      element.setAttribute(name, value === true ? '' : `${value}`)
  }
  element.append(...shown(children.flat()))
  return element
}

/**
 * @param {readonly Child[]} children
 * @returns {(Node | string)[]}
 */
export function shown(children) {
  return children.flatMap((child) => {
    if (child === null || child === undefined || child === false) return []
    return [typeof child === 'number' ? String(child) : child]
  })
}

/**
 * The element of the page's frame that is always there.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const found = document.getElementById(id)
  if (!found) throw new Error(`the page has no #${id}`)
  return found
}

/**
 * Says something for a few seconds, also to those who do not see it.
 * @param {string} text
 */
export function toast(text) {
  const place = byId('toast')
  place.textContent = text
  place.classList.add('shown')
  clearTimeout(Number(place.dataset.timer))
  place.dataset.timer = String(setTimeout(() => place.classList.remove('shown'), 5000))
}

/**
 * Only the web: a `javascript:` address would run here.
 * @param {string | null} address
 * @returns {string | undefined}
 */
export function webAddress(address) {
  return address !== null && /^https?:\/\//i.test(address) && URL.canParse(address) ? address : undefined
}

/**
 * To another screen: "riwayat/12". A form whose act answers this stays busy, since what it was for is done.
 * @param {string} path
 * @returns {'leaving'}
 */
export function go(path) {
  const hash = `#/${path}`
  if (location.hash === hash) dispatchEvent(new Event('hashchange'))
  else location.hash = hash
  return 'leaving'
}
