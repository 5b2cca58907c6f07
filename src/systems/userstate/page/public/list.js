import { el, toast } from './dom.js'
import { clockOf, dayOf, rupiah } from './format.js'
import { sentence, statusOf, titleOf } from './words.js'

/**
 * @template Item
 * @typedef {import('./endpoints.js').Page<Item>} Page
 */

/**
 * A list that goes on by a button, where it does.
 * @template Item
 * @param {Page<Item>} first
 * @param {(cursor: string) => Promise<Page<Item>>} load
 * @param {(items: readonly Item[]) => HTMLElement[]} draw
 * @param {string} empty what stands where there is nothing
 * @returns {HTMLElement}
 */
export function pages(first, load, draw, empty) {
  if (first.items.length === 0) return el('p', { class: 'empty' }, empty)
  const list = el('ol', { class: 'rows' }, draw(first.items))
  let cursor = first.next_cursor
  const more = el(
    'button',
    { type: 'button', class: 'plain more', hidden: cursor === null },
    'Tampilkan lagi',
  )
  more.addEventListener('click', async () => {
    if (cursor === null || more.getAttribute('aria-busy') === 'true') return
    more.setAttribute('aria-busy', 'true')
    try {
      const next = await load(cursor)
      const rows = draw(next.items)
      list.append(...rows)
      cursor = next.next_cursor
      const reached = rows[0]?.querySelector('a') ?? list.querySelector('li:last-child a')
      if (cursor === null && reached) reached.focus()
      more.hidden = cursor === null
    } catch (error) {
      toast(sentence(error))
    }
    more.removeAttribute('aria-busy')
  })
  return el('div', {}, list, more)
}

/** @typedef {import('./endpoints.js').Transaction} Transaction */

/**
 * Rows of the history, under the days they happened on; `lastDay` is that of the row before.
 * @param {readonly Transaction[]} transactions
 * @param {{ lastDay: string }} above
 * @returns {HTMLElement[]}
 */
export function transactionRows(transactions, above = { lastDay: '' }) {
  return transactions.flatMap((each) => {
    const day = dayOf(each.created_at)
    const isSame = day === above.lastDay
    above.lastDay = day
    return isSame ? [row(each)] : [el('li', { class: 'day' }, day), row(each)]
  })
}

/** @param {Transaction} transaction */
function row(transaction) {
  const { id, status, description, created_at: at, balance_after: after } = transaction
  const about = [clockOf(at), description].filter(Boolean).join(' · ')
  return el(
    'li',
    {},
    el(
      'a',
      { class: 'row', href: `#/riwayat/${id}` },
      el('span', { class: 'what' }, titleOf(transaction)),
      el('span', { class: `sum ${status === 'PAID' ? transaction.direction : 'open'}` }, signed(transaction)),
      el('span', { class: 'about' }, about),
      after === null ? badge(transaction) : el('span', { class: 'after' }, `Saldo ${rupiah(after)}`),
    ),
  )
}

/** "+Rp 50.000" @param {Transaction} transaction */
export function signed({ direction, amount }) {
  return `${direction === 'credit' ? '+' : '−'}${rupiah(amount)}`
}

/** @param {{ type: string, status: string, src: string | null }} transaction */
export function badge(transaction) {
  return el('span', { class: `badge ${toneOf(transaction.status)}` }, statusOf(transaction))
}

/** @param {string} status */
export function toneOf(status) {
  if (['PAID', 'SUCCEEDED', 'REDEEMED', 'COMPLETE', 'COMPLETED'].includes(status)) return 'good'
  return ['FAILED', 'EXPIRED', 'CANCELLED', 'REVERSED'].includes(status) ? 'ended' : 'warn'
}

/**
 * What there is to know, as names and values; those without a value are left out.
 * @param {readonly (readonly [name: string, value: import('./dom.js').Child])[]} facts
 */
export function factList(facts) {
  const known = facts.filter(([, value]) => value !== null && value !== undefined && value !== '')
  return el(
    'dl',
    { class: 'facts' },
    known.map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value))),
  )
}
