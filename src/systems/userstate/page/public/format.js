// Amounts and times as people in Indonesia write them.

const TYPED = /^(?:rp\.?)?([1-9]\d{0,2}(?:\.\d{3})+|[1-9]\d*)(?:,0{1,2}|,-)?$/i

/**
 * "50.000", "50000", "Rp 50.000" → "50000", as the API takes it; undefined for what is no amount.
 * @param {string} typed
 * @returns {string | undefined}
 */
export function readRupiah(typed) {
  return TYPED.exec(typed.replace(/\s/g, ''))?.[1]?.replaceAll('.', '')
}

/**
 * "50000" → "Rp 50.000"
 * @param {string | number} amount
 */
export function rupiah(amount) {
  const text = `Rp ${thousands(String(amount).replace('-', ''))}`
  return String(amount).startsWith('-') ? `-${text}` : text
}

/**
 * "1234.5" → "1.234,5"
 * @param {string} amount
 */
export function points(amount) {
  const [whole = '', fraction] = amount.split('.')
  return `${thousands(whole)}${fraction === undefined ? '' : `,${fraction}`}`
}

/** @param {string} digits */
export function thousands(digits) {
  return digits.replace(/\B(?=(\d{3})+(?!\d))/g, '.')
}

const minute = new Intl.DateTimeFormat('id-ID', {
  dateStyle: 'medium',
  timeStyle: 'short',
  timeZone: 'Asia/Jakarta',
})
const day = new Intl.DateTimeFormat('id-ID', { dateStyle: 'full', timeZone: 'Asia/Jakarta' })
const clock = new Intl.DateTimeFormat('id-ID', { timeStyle: 'short', timeZone: 'Asia/Jakarta' })

/**
 * "26 Nov 2026, 08.04 WIB"
 * @param {string} instant
 */
export function moment(instant) {
  return `${minute.format(new Date(instant))} WIB`
}

/**
 * "Kamis, 26 November 2026"
 * @param {string} instant
 */
export function dayOf(instant) {
  return day.format(new Date(instant))
}

/**
 * "08.04"
 * @param {string} instant
 */
export function clockOf(instant) {
  return clock.format(new Date(instant))
}
