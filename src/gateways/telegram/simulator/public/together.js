/** Several people at once: a window of the chat page for each. */
import { getPeople } from './api.js'
import { make } from './messages.js'
import { fullName } from './people.js'

/** Each window keeps a connection open, and a browser opens six to one server. */
const MOST = 3

const $ = (id) => document.getElementById(id)
const people = await getPeople()
const wanted = new URLSearchParams(location.search).get('people')?.split(',').map(Number)
const isPhone = matchMedia('(max-width: 760px)')
let seated = people.filter(({ id }) => !wanted || wanted.includes(id)).slice(0, MOST)
let current = seated[0]

function choose(person) {
  const isSeated = seated.includes(person)
  if (!isSeated) seated = [...seated.slice(seated.length < MOST ? 0 : 1), person]
  else if (!isPhone.matches && seated.length > 1) seated = seated.filter((other) => other !== person)
  current = seated.includes(person) ? person : seated[0]
  show()
}

function show() {
  $('chips').replaceChildren(...people.map(chip))
  // A window that stays is left alone: moved, it would load anew.
  for (const seat of [...$('seats').children]) {
    if (!seated.some(({ id }) => seat.dataset.id === String(id))) seat.remove()
  }
  for (const person of seated) {
    const seat = $('seats').querySelector(`[data-id="${person.id}"]`) ?? open(person)
    seat.classList.toggle('current', person === current)
  }
  history.replaceState(null, '', `?people=${seated.map(({ id }) => id).join(',')}`)
}

function open(person) {
  const seat = make('iframe', 'seat')
  seat.dataset.id = person.id
  seat.title = fullName(person)
  seat.src = `./?as=${person.id}`
  $('seats').append(seat)
  return seat
}

function chip(person) {
  const button = make('button', `chip${person === current ? ' current' : ''}`, fullName(person))
  button.type = 'button'
  button.setAttribute('aria-pressed', String(seated.includes(person)))
  button.addEventListener('click', () => choose(person))
  return button
}

show()
