/** The left side: who one can be, and that person's chats. */
import { make, summary } from './messages.js'

const COLOURS = ['#e17076', '#7bc862', '#65aadd', '#a695e7', '#ee7aae', '#6ec9cb', '#faa774']

export function colourOf(id) {
  return COLOURS[Math.abs(Number(id)) % COLOURS.length]
}

export function avatar(name, id) {
  const node = make('span', 'avatar', initials(name))
  node.setAttribute('aria-hidden', 'true')
  node.style.setProperty('--colour', colourOf(id))
  return node
}

export function initials(name) {
  const [first = '', second = ''] = name.split(/\s+/)
  return ([...first][0] ?? '?') + ([...second][0] ?? '')
}

export const fullName = ({ first_name: first, last_name: last }) => (last ? `${first} ${last}` : first)

export function showPeople(list, people, currentId, onChoose) {
  list.replaceChildren(
    ...people.map((person) => {
      const detail = [person.note, person.username && `@${person.username}`, person.id]
        .filter(Boolean)
        .join(' · ')
      return item({ id: person.id, name: fullName(person), detail, current: person.id === currentId }, () =>
        onChoose(person),
      )
    }),
  )
}

/** `unread`: how many new messages each chat has that the person has not looked at. */
export function showChats(list, chats, { currentId, bot, unread }, onChoose) {
  list.replaceChildren(
    ...chats.map(({ chat, messages }) => {
      const name = chat.title ?? bot.first_name
      const detail = summary(messages.at(-1)) || 'No messages yet'
      const entry = { id: chat.title ? chat.id : bot.id, name, detail, current: chat.id === currentId }
      return item({ ...entry, unread: unread.get(chat.id) }, () => onChoose(chat.id))
    }),
  )
}

function item({ id, name, detail, current, unread }, onClick) {
  const button = make('button', 'item')
  button.type = 'button'
  if (current) button.setAttribute('aria-current', 'true')
  const text = make('span', 'item-text')
  text.append(make('span', 'item-name', name), make('span', 'item-detail', String(detail)))
  button.append(avatar(name, id), text)
  if (unread) button.append(make('span', 'badge', unread))
  button.addEventListener('click', onClick)
  const li = make('li')
  li.append(button)
  return li
}
