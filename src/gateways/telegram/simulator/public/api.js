/** The simulator's control API, relative to the page, so that any prefix works. */

async function request(path, options) {
  const response = await fetch(path, options)
  const answer = await response.json()
  if (!response.ok) throw new Error(answer.description ?? `The simulator answered ${response.status}`)
  return answer
}

function post(path, body = {}) {
  return request(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

export const getBot = () => request('_sim/bot')
export const getPeople = () => request('_sim/users')
export const addPerson = (person) => post('_sim/users', person)
export const getChats = (userId) => request(`_sim/users/${userId}/chats`)
export const getChat = (chatId) => request(`_sim/chats/${chatId}`)
export const sendText = (chatId, body) => post(`_sim/chats/${chatId}/text`, body)
export const press = (chatId, body) => post(`_sim/chats/${chatId}/press`, body)
export const setBlocked = (userId, blocked) => post(`_sim/users/${userId}/${blocked ? 'block' : 'unblock'}`)
export const addGroup = (group) => post('_sim/groups', group)
export const migrateGroup = (chatId) => post(`_sim/groups/${chatId}/migrate`)
export const setInGroup = (chatId, isIn) => post(`_sim/groups/${chatId}/${isIn ? 'join' : 'leave'}`)
export const sendSticker = (chatId, body) => post(`_sim/chats/${chatId}/sticker`, body)
export const addFault = (fault) => post('_sim/faults', fault)
export const fileUrl = (fileId) => `_sim/files/${encodeURIComponent(fileId)}`

export function sendFile(chatId, kind, fields) {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) if (value) form.append(name, value)
  return request(`_sim/chats/${chatId}/${kind}`, { method: 'POST', body: form })
}

/** Calls `onOpen` whenever the stream (re)connects, since events may have been missed until then. */
export function listen(userId, onEvent, onOpen) {
  const stream = new EventSource(`_sim/events?user_id=${userId}`)
  stream.addEventListener('open', onOpen)
  stream.addEventListener('message', ({ data }) => onEvent(JSON.parse(data)))
  return () => stream.close()
}
