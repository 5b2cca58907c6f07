// Which screen is shown, and what stands around it.
import { accountScreen } from './account.js'
import { addressScreen } from './addresses.js'
import { Refusal } from './api.js'
import { confirmScreen } from './codes.js'
import { byId, el, go, shown } from './dom.js'
import { historyScreen } from './history.js'
import { homeScreen } from './home.js'
import { payScreen, topupScreen } from './money.js'
import { pointsScreen } from './points.js'
import { profileScreen } from './profile.js'
import { refreshToken } from './session.js'
import { registerScreen, resetScreen, signInScreen } from './welcome.js'
import { withdrawScreen } from './withdraw.js'
import { sentence } from './words.js'

/**
 * @typedef {import('./live.js').Visit} Visit
 * @typedef {readonly import('./dom.js').Child[]} Drawn
 * @typedef {(visit: Visit) => Drawn | Promise<Drawn>} Screen
 */

/** For those who are not signed in. @type {Readonly<Record<string, Screen>>} */
const OPEN = { masuk: signInScreen, daftar: registerScreen, lupa: resetScreen }

/** @type {Readonly<Record<string, Screen>>} */
const OWN = {
  '': homeScreen,
  isi: topupScreen,
  bayar: payScreen,
  riwayat: historyScreen,
  poin: pointsScreen,
  tarik: withdrawScreen,
  akun: accountScreen,
  konfirmasi: confirmScreen,
  profil: profileScreen,
  alamat: addressScreen,
}

/** Screens that are found behind a tab. @type {Readonly<Record<string, string>>} */
const BEHIND = { tarik: '', poin: '', profil: 'akun', alamat: 'akun', konfirmasi: 'akun' }

const main = byId('screen')
let leaving = new AbortController()
let isFirst = true

async function show() {
  const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?')
  const [name = '', id] = path.split('/')
  const isSignedIn = refreshToken() !== undefined
  const open = Object.hasOwn(OPEN, name) ? OPEN[name] : undefined
  if (!isSignedIn && !open)
    return go(path === '' ? 'masuk' : `masuk?lanjut=${encodeURIComponent(location.hash.slice(2))}`)
  if (isSignedIn && open && name !== 'lupa') return go('')
  leaving.abort()
  leaving = new AbortController()
  const { signal: left } = leaving
  main.setAttribute('aria-busy', 'true')
  const screen = open ?? (Object.hasOwn(OWN, name) ? OWN[name] : undefined) ?? lost
  // What was there stays until the new screen is whole: nothing jumps.
  const drawn = await draw(screen, { id, query: new URLSearchParams(query), left })
  if (left.aborted) return
  main.replaceChildren(...shown(drawn))
  main.removeAttribute('aria-busy')
  frame(name, isSignedIn)
  arrive()
}

/**
 * @param {Screen} screen
 * @param {Visit} visit
 * @returns {Promise<Drawn>}
 */
async function draw(screen, visit) {
  try {
    return await screen(visit)
  } catch (error) {
    if (!(error instanceof Refusal)) console.error(error)
    const isOffline = error instanceof Refusal && error.code === 'offline'
    if (isOffline) addEventListener('online', show, { signal: visit.left })
    return [
      el('h1', {}, isOffline ? 'Tidak tersambung' : 'Tidak bisa ditampilkan'),
      el('p', {}, isOffline ? 'Periksa koneksi Anda. Saldo Anda aman.' : sentence(error)),
      el('button', { type: 'button', click: () => void show() }, 'Coba lagi'),
    ]
  }
}

/** @returns {Drawn} */
function lost() {
  return [el('h1', {}, 'Halaman ini tidak ada'), el('a', { class: 'button', href: '#/' }, 'Ke beranda')]
}

/**
 * @param {string} name of the screen
 * @param {boolean} isSignedIn
 */
function frame(name, isSignedIn) {
  byId('tabs').hidden = !isSignedIn
  for (const tab of document.querySelectorAll('[data-tab]')) {
    if (tab.getAttribute('data-tab') === (BEHIND[name] ?? name)) tab.setAttribute('aria-current', 'page')
    else tab.removeAttribute('aria-current')
  }
}

/** Whoever reads by ear or moves by keyboard begins at the heading of the new screen. */
function arrive() {
  const heading = main.querySelector('h1')
  document.title = `${heading?.textContent ?? ''} · Dompet UserState`
  scrollTo(0, 0)
  if (!isFirst && heading && !main.contains(document.activeElement)) {
    heading.tabIndex = -1
    heading.focus()
  }
  isFirst = false
}

/** @param {boolean} isHeard */
function hear(isHeard) {
  byId('offline').hidden = isHeard
}

/** The one address that may become a script here; see the page's policy. */
function keepShell() {
  if (!('serviceWorker' in navigator)) return
  /** @type {{ createPolicy(name: string, rules: object): { createScriptURL(url: string): string } } | undefined} */
  const types = Reflect.get(globalThis, 'trustedTypes')
  const address = 'service-worker.js'
  const policy = types?.createPolicy('service-worker', { createScriptURL: () => address })
  // Where it cannot be had, the page works as well; it does not open without a network.
  navigator.serviceWorker.register(policy?.createScriptURL(address) ?? address).catch(() => {})
}

addEventListener('hashchange', () => void show())
addEventListener('sessionended', () => {
  if (!location.hash.startsWith('#/masuk'))
    go(`masuk?berakhir=1&lanjut=${encodeURIComponent(location.hash.slice(2))}`)
})
// Signed out in another tab, which shares the session.
addEventListener('storage', () => {
  if (refreshToken() === undefined) void show()
})
addEventListener('unheard', () => hear(false))
addEventListener('offline', () => hear(false))
addEventListener('heard', () => hear(true))
keepShell()
void show()
