/** The page: who one is, the open chat, and what the event stream says about it. */
import * as api from './api.js'
import { composer } from './composer.js'
import { bubble, dayOf, make, tombstone } from './messages.js'
import { colourOf, fullName, initials, showChats, showPeople } from './people.js'

const REMEMBERED = 'telegram-simulator-people'
/** The official apps stop waiting for an answer to a press after about this long. */
const PRESS_WAIT_MS = 15_000

const $ = (id) => document.getElementById(id)
const state = { bot: undefined, people: [], me: undefined, chats: [], chatId: undefined, unread: new Map() }
const presses = new Map()
/** The answer to a press may arrive before the press's own reply. */
const answered = new Set()
let stopListening = () => {}

const open = () => state.chats.find(({ chat }) => chat.id === state.chatId)

const actions = {
  onPress: guarded(async (message, button, node) => {
    node.setAttribute('aria-busy', 'true')
    const done = () => node.removeAttribute('aria-busy')
    try {
      const body = { user_id: state.me.id, message_id: message.message_id, data: button.callback_data }
      const { callback_query_id: id } = await api.press(state.chatId, body)
      if (answered.delete(id)) return done()
      presses.set(id, done)
      setTimeout(() => presses.delete(id) && done(), PRESS_WAIT_MS)
    } catch (error) {
      done()
      throw error
    }
  }),
  onCommand: guarded((text) => say(text)),
  onReply: (message) => input.reply(message),
}

const input = composer($, {
  onText: guarded((text, replyTo) => say(text, replyTo)),
  onFile: guarded((kind, fields) => api.sendFile(state.chatId, kind, { ...fields, user_id: state.me.id })),
  onSticker: guarded((emoji) => api.sendSticker(state.chatId, { user_id: state.me.id, emoji })),
})

async function say(text, replyTo) {
  const sent = await api.sendText(state.chatId, { user_id: state.me.id, text, reply_to: replyTo })
  place(sent)
  scrollToEnd()
}

/** Shows what went wrong instead of losing it in the console. */
function guarded(action) {
  return async (...args) => {
    try {
      return await action(...args)
    } catch (error) {
      toast(error.message)
      return undefined
    }
  }
}

async function choosePerson(person) {
  stopListening()
  state.me = person
  state.unread.clear()
  state.chatId = undefined
  localStorage.setItem(
    REMEMBERED,
    JSON.stringify([person, ...remembered().filter(({ id }) => id !== person.id)].slice(0, 20)),
  )
  await loadChats()
  showPeople($('people'), state.people, person.id, guarded(choosePerson))
  stopListening = api.listen(person.id, onEvent, guarded(refresh))
  openChat(person.id)
}

async function loadChats() {
  state.chats = await api.getChats(state.me.id)
}

async function refresh() {
  // A simulator that restarted has forgotten whom this page made up.
  state.people = await api.getPeople()
  if (!state.people.some(({ id }) => id === state.me.id)) await api.addPerson(state.me)
  await loadChats()
  showAll()
}

function openChat(chatId) {
  state.chatId = chatId
  state.unread.delete(chatId)
  location.hash = chatId === state.me.id ? `user=${state.me.id}` : `user=${state.me.id}&chat=${chatId}`
  document.body.dataset.view = 'chat'
  input.clear()
  showAll()
  scrollToEnd()
  if (matchMedia('(min-width: 761px)').matches) $('text').focus()
}

function showAll() {
  showSide()
  const current = open()
  $('chat').hidden = !current
  $('nothing').hidden = Boolean(current)
  if (!current) return
  showBar(current)
  showThread(current)
  input.show(current)
}

function showSide() {
  const { bot, chatId, unread } = state
  $('new-group').hidden = !state.me
  $('chats-section').hidden = state.chats.length < 2 && !unread.size
  showChats($('chats'), state.chats, { currentId: chatId, bot, unread }, openChat)
  const waiting = [...unread.values()].reduce((sum, count) => sum + count, 0)
  document.title = `${waiting ? `(${waiting}) ` : ''}${state.me ? `${fullName(state.me)} · ` : ''}Telegram simulator`
}

function showBar({ chat, blocked }) {
  const name = chat.title ?? state.bot.first_name
  $('chat-title').textContent = name
  $('chat-avatar').textContent = initials(name)
  $('chat-avatar').style.setProperty('--colour', colourOf(chat.title ? chat.id : state.bot.id))
  const isGroup = chat.type !== 'private'
  $('chat-status').textContent =
    `${blocked ? (isGroup ? 'without the bot · ' : 'blocked · ') : ''}${chat.title ? 'group' : 'bot'} · you are ${fullName(state.me)}`
  $('block').hidden = isGroup
  $('migrate').hidden = chat.type !== 'group'
  $('in-group').hidden = !isGroup
  $('in-group').textContent = blocked ? 'Bring the bot back' : 'Remove the bot'
  $('block').textContent = blocked ? 'Unblock the bot' : 'Block the bot'
}

function showThread({ messages, deleted }) {
  const wasAtEnd = isAtEnd()
  const rows = [
    ...messages.map((message) => ({ message })),
    ...deleted.map((message) => ({ message, gone: true })),
  ]
  rows.sort((a, b) => a.message.message_id - b.message.message_id)
  $('thread').replaceChildren()
  for (const { message, gone } of rows)
    append(message, gone ? tombstone(message) : bubble(message, state.me, actions))
  if (rows.length === 0)
    $('thread').append(make('p', 'service empty', 'Nothing here yet. START begins the chat.'))
  if (wasAtEnd) scrollToEnd()
}

function append(message, row) {
  const thread = $('thread')
  const day = dayOf(message)
  if (thread.dataset.day !== day || !thread.querySelector('.row'))
    thread.append(make('p', 'service day', day))
  thread.dataset.day = day
  thread.append(row)
}

/** Puts a new or changed message on the page, once, however often and by whichever way it is told. */
function place(message, row = bubble(message, state.me, actions)) {
  const thread = $('thread')
  const wasAtEnd = isAtEnd()
  const old = thread.querySelector(`[data-id="${message.message_id}"]`)
  if (!thread.querySelector('.row')) thread.replaceChildren()
  if (old) old.replaceWith(row)
  else {
    row.classList.add('new')
    append(message, row)
  }
  if (wasAtEnd) scrollToEnd()
}

function onEvent(event) {
  const transcript = state.chats.find(({ chat }) => chat.id === event.chat_id)
  if (!transcript || event.type === 'chat') return guarded(refresh)()
  const isOpen = event.chat_id === state.chatId
  if (event.message) keep(transcript, event)
  if (event.type === 'reply_keyboard') transcript.reply_keyboard = event.reply_keyboard
  if (event.type === 'answer') showAnswer(event.answer)
  if (event.type === 'message' && (!isOpen || document.hidden) && event.message.from.id !== state.me.id) {
    state.unread.set(event.chat_id, (state.unread.get(event.chat_id) ?? 0) + 1)
  }
  if (isOpen && event.type === 'deleted') place(event.message, tombstone(event.message))
  else if (isOpen && event.message) place(event.message)
  if (isOpen) input.show(transcript)
  return showSide()
}

function keep(transcript, { type, message }) {
  const others = transcript.messages.filter(({ message_id: id }) => id !== message.message_id)
  if (type === 'deleted') transcript.deleted.push(message)
  transcript.messages =
    type === 'deleted' ? others : [...others, message].sort((a, b) => a.message_id - b.message_id)
}

function showAnswer({ callback_query_id: id, text, show_alert: isAlert, user_id: userId }) {
  const done = presses.get(id)
  if (done) done()
  else if (userId === state.me.id) answered.add(id)
  presses.delete(id)
  if (!text || userId !== state.me.id) return
  if (!isAlert) return toast(text)
  $('alert-text').textContent = text
  $('alert').showModal()
}

let toastTimer
function toast(text) {
  $('toast').textContent = text
  $('toast').classList.add('shown')
  clearTimeout(toastTimer)
  toastTimer = setTimeout(() => $('toast').classList.remove('shown'), 4000)
}

let sticks = true

function isAtEnd() {
  const { scrollHeight, scrollTop, clientHeight } = $('thread')
  return scrollHeight - scrollTop - clientHeight < 80
}

function scrollToEnd() {
  $('thread').scrollTop = $('thread').scrollHeight
}

const FAULTS = {
  rate_limited: { kind: 'rate_limited', retry_after: 5 },
  server_error: { kind: 'server_error', status: 502 },
  timeout_before: { kind: 'timeout', effect: false, hang_ms: 20_000 },
  timeout_after: { kind: 'timeout', effect: true, hang_ms: 20_000 },
  duplicate_updates: { kind: 'duplicate_updates' },
}

function wireMenu() {
  for (const button of document.querySelectorAll('[data-fault]')) {
    button.addEventListener(
      'click',
      guarded(async () => {
        const fault = FAULTS[button.dataset.fault]
        await api.addFault(fault.kind === 'duplicate_updates' ? fault : { ...fault, chat_id: state.chatId })
        $('menu').open = false
        toast('It will happen once')
      }),
    )
  }
  $('block').addEventListener(
    'click',
    guarded(async () => {
      $('menu').open = false
      await api.setBlocked(state.me.id, !open().blocked)
    }),
  )
  $('migrate').addEventListener(
    'click',
    guarded(async () => {
      $('menu').open = false
      const { chat } = await api.migrateGroup(state.chatId)
      await loadChats()
      openChat(chat.id)
    }),
  )
  $('in-group').addEventListener(
    'click',
    guarded(async () => {
      $('menu').open = false
      await api.setInGroup(state.chatId, open().blocked)
    }),
  )
  document.addEventListener('click', ({ target }) => {
    if (!$('menu').contains(target)) $('menu').open = false
  })
  $('back').addEventListener('click', () => {
    document.body.dataset.view = 'people'
  })
  $('to-end').addEventListener('click', scrollToEnd)
  $('thread').addEventListener('scroll', () => {
    sticks = isAtEnd()
    $('to-end').hidden = sticks
  })
  $('thread').addEventListener('load', () => sticks && scrollToEnd(), true) // a photo got its height
  // A keyboard that opens or closes must not cover the newest message.
  new ResizeObserver(() => sticks && scrollToEnd()).observe($('thread'))
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden && state.me && state.unread.delete(state.chatId)) showSide()
  })
}

function wireNewPerson() {
  const form = $('new-person-form')
  form.elements.id.value = 100_000_000 + Math.floor(Math.random() * 900_000_000)
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    $('new-person-error').textContent = ''
    try {
      const fields = Object.fromEntries([...new FormData(form)].filter(([, value]) => value))
      const person = await api.addPerson({ ...fields, id: Number(fields.id) })
      state.people = await api.getPeople()
      $('new-person').open = false
      form.reset()
      await choosePerson(person)
    } catch (error) {
      $('new-person-error').textContent = error.message
    }
  })
}

function wireNewGroup() {
  $('new-group').addEventListener('toggle', () => {
    const others = state.people.filter(({ id }) => id !== state.me?.id)
    $('members').replaceChildren(make('legend', '', 'With'), ...others.map(member))
  })
  $('new-group-form').addEventListener(
    'submit',
    guarded(async (event) => {
      event.preventDefault()
      const fields = new FormData(event.target)
      const userIds = [state.me.id, ...fields.getAll('member').map(Number)]
      const { chat } = await api.addGroup({ title: fields.get('title'), user_ids: userIds })
      $('new-group').open = false
      event.target.reset()
      await loadChats()
      openChat(chat.id)
    }),
  )
}

function member(person) {
  const label = make('label', 'member')
  const box = make('input')
  Object.assign(box, { type: 'checkbox', name: 'member', value: person.id, checked: true })
  label.append(box, fullName(person))
  return label
}

function remembered() {
  try {
    return JSON.parse(localStorage.getItem(REMEMBERED) ?? '[]')
  } catch {
    return [] // written by an older page
  }
}

/** The simulator forgets people when it restarts; this browser remembers who it was. */
async function knownAgain(userId) {
  const known = state.people.find(({ id }) => id === userId)
  const before = remembered().find(({ id }) => id === userId)
  if (known || !before) return known
  await api.addPerson(before)
  state.people = await api.getPeople()
  return before
}

async function start() {
  wireMenu()
  wireNewPerson()
  wireNewGroup()
  state.bot = await api.getBot()
  state.people = await api.getPeople()
  const wanted = new URLSearchParams(location.hash.slice(1))
  const as = new URLSearchParams(location.search).get('as')
  const person = await knownAgain(Number(wanted.get('user') ?? as))
  showPeople($('people'), state.people, person?.id, guarded(choosePerson))
  if (!person) return
  const chatId = Number(wanted.get('chat'))
  await choosePerson(person)
  if (state.chats.some(({ chat }) => chat.id === chatId)) openChat(chatId)
}

void guarded(start)()
