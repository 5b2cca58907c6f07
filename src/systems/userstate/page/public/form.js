import { el } from './dom.js'
import { readRupiah, rupiah, thousands } from './format.js'
import { fieldProblems, sentence } from './words.js'

/** Kinds of input that are typed as text, on a keyboard of digits. */
const DIGITS = ['amount', 'points', 'code']

/** @typedef {Record<string, string>} Values what was typed, by name; amounts as the API takes them */

/**
 * @typedef {object} FieldOptions
 * @property {string} name
 * @property {string} label
 * @property {string} [type] of the input; `amount`: rupiah, `points`: whole points, `code`: six digits by mail
 * @property {string} [value]
 * @property {string} [hint]
 * @property {boolean} [optional]
 * @property {string} [autocomplete]
 * @property {number} [maxlength]
 */

/**
 * A label, its input, a hint, and room for what is wrong with it.
 * @param {FieldOptions} options
 * @returns {HTMLElement}
 */
export function field(options) {
  const { name, label, type = 'text', value, hint, optional, autocomplete = 'off', maxlength = 255 } = options
  const isDigits = DIGITS.includes(type)
  const input = el('input', {
    name,
    type: isDigits ? 'text' : type,
    value,
    required: !optional,
    autocomplete: type === 'code' ? 'one-time-code' : autocomplete,
    inputmode: isDigits ? 'numeric' : undefined,
    autocapitalize: 'off',
    spellcheck: 'false',
    maxlength: type === 'code' ? 6 : maxlength,
    'data-kind': type,
    class: type,
  })
  if (type === 'amount' || type === 'points') input.addEventListener('change', () => writeGrouped(input))
  return labelled(input, label, hint)
}

/**
 * @param {{ name: string, label: string, choices: readonly (readonly [value: string, text: string])[], value?: string }} options
 * @returns {HTMLElement}
 */
export function choice({ name, label, choices, value }) {
  const options = choices.map(([each, text]) => el('option', { value: each, selected: each === value }, text))
  return labelled(el('select', { name }, options), label)
}

let labels = 0

/**
 * @param {HTMLInputElement | HTMLSelectElement} control
 * @param {string} label
 * @param {string} [hint]
 */
function labelled(control, label, hint) {
  labels += 1
  const id = `field-${labels}`
  control.id = id
  control.setAttribute('aria-describedby', `${id}-hint ${id}-problem`)
  return el(
    'div',
    { class: 'field' },
    el('label', { for: id }, label),
    control,
    hint !== undefined && el('p', { class: 'hint', id: `${id}-hint` }, hint),
    el('p', { class: 'problem', id: `${id}-problem`, 'data-problem': control.name }),
  )
}

/** "50000" → "50.000", once it is typed. @param {HTMLInputElement} input */
function writeGrouped(input) {
  const amount = readRupiah(input.value)
  if (amount !== undefined) input.value = thousands(amount)
}

/**
 * A form that says where it is wrong, and is not sent while it is being sent. Its button stays as it is meanwhile: one that
 * is disabled would lose the focus.
 * @param {{ fields: readonly (Node | false | undefined)[], submit: string, plain?: boolean, name?: string,
 *   act: (values: Values) => Promise<unknown> }} options
 * @returns {HTMLFormElement}
 */
export function form({ fields, submit, plain, name, act }) {
  const button = el('button', { type: 'submit', class: plain ? 'plain' : undefined }, submit)
  const alert = el('p', { class: 'problem', role: 'alert' })
  const whole = el(
    'form',
    { novalidate: true, 'aria-label': name ?? submit },
    fields.filter(Boolean),
    alert,
    button,
  )
  whole.addEventListener('submit', async (event) => {
    event.preventDefault()
    if (whole.getAttribute('aria-busy') === 'true') return
    const { values, problems } = readForm(whole)
    showProblems(whole, alert, problems)
    if (problems.length > 0) return
    whole.setAttribute('aria-busy', 'true')
    try {
      if ((await act(values)) === 'leaving') return
    } catch (error) {
      const found = fieldProblems(error)
      const [unplaced] = showProblems(whole, alert, found)
      if (found.length === 0 || unplaced) alert.textContent = sentence(error)
    }
    whole.removeAttribute('aria-busy')
  })
  return whole
}

/** @param {HTMLFormElement} whole */
function readForm(whole) {
  /** @type {Values} */
  const values = {}
  /** @type {{ field: string, text: string }[]} */
  const problems = []
  for (const control of whole.elements) {
    if (!(control instanceof HTMLInputElement || control instanceof HTMLSelectElement) || !control.name)
      continue
    const { value, problem } = readControl(control)
    if (value !== '') values[control.name] = value
    if (problem !== undefined) problems.push({ field: control.name, text: problem })
  }
  return { values, problems }
}

/**
 * @param {HTMLInputElement | HTMLSelectElement} control
 * @returns {{ value: string, problem?: string }}
 */
function readControl(control) {
  const kind = control.dataset.kind
  if (kind === 'checkbox')
    return { value: control instanceof HTMLInputElement && control.checked ? 'on' : '' }
  const typed = kind === 'password' ? control.value : control.value.trim()
  if (typed === '') return { value: '', ...(control.required ? { problem: 'Isi dulu bagian ini.' } : {}) }
  if (kind === 'amount' || kind === 'points') {
    const amount = readRupiah(typed)
    if (amount !== undefined) return { value: amount }
    const example =
      kind === 'amount' ? `dalam rupiah, misalnya ${rupiah('50000')}` : 'dalam poin utuh, misalnya 50'
    return { value: '', problem: `Tulis jumlahnya ${example}.` }
  }
  if (kind === 'code' && !/^\d{6}$/.test(typed)) return { value: '', problem: 'Kodenya enam angka.' }
  return { value: typed }
}

/**
 * Answers those for which the form has no field.
 * @param {HTMLFormElement} whole
 * @param {HTMLElement} alert
 * @param {readonly { field: string, text: string }[]} problems
 */
function showProblems(whole, alert, problems) {
  alert.textContent = ''
  for (const place of whole.querySelectorAll('[data-problem]')) place.textContent = ''
  for (const control of whole.querySelectorAll('[aria-invalid]')) control.removeAttribute('aria-invalid')
  const unplaced = problems.filter(({ field, text }) => {
    const place = whole.querySelector(`[data-problem="${CSS.escape(field)}"]`)
    const control = whole.elements.namedItem(field)
    if (!place || !(control instanceof HTMLElement)) return true
    place.textContent = text
    control.setAttribute('aria-invalid', 'true')
    return false
  })
  const first = whole.querySelector('[aria-invalid]')
  if (first instanceof HTMLElement) first.focus()
  return unplaced
}

/**
 * A box to tick: "on" or nothing.
 * @param {string} name
 * @param {string} label
 * @param {boolean} [isTicked]
 */
export function tick(name, label, isTicked = false) {
  return el(
    'label',
    { class: 'tick' },
    el('input', { type: 'checkbox', name, 'data-kind': 'checkbox', checked: isTicked }),
    el('span', {}, label),
  )
}

/**
 * A button for one thing; it is busy while that is done.
 * @param {string} label
 * @param {() => Promise<unknown>} act
 * @param {(text: string) => void} complain
 */
export function doing(label, act, complain) {
  const button = el('button', { type: 'button', class: 'plain' }, label)
  button.addEventListener('click', async () => {
    button.disabled = true
    try {
      await act()
    } catch (error) {
      complain(sentence(error))
    }
    button.disabled = false
  })
  return button
}
