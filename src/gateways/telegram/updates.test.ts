import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import type { Update } from 'grammy/types'
import { silentLog } from '../../kernel/log.ts'
import { createTelegramApi, type TelegramApi } from './client.ts'
import { type RunningSimulator, startTelegramSimulator } from './simulator/index.ts'
import { type PollOptions, pollUpdates } from './updates.ts'

const TOKEN = '123456:TEST-token_value'
/** What is cut off ends long before the 30 s after which everything gives up by itself. */
const PATIENCE_MS = 15_000
const BUDI = { id: 100000001, first_name: 'Budi' }

let running: RunningSimulator
let api: TelegramApi
let stop: AbortController
let polling: Promise<void> | undefined

beforeEach(async () => {
  running = await startTelegramSimulator({ token: TOKEN, users: [BUDI] })
  api = createTelegramApi({ token: TOKEN, apiRoot: running.url, timeoutMs: 30_000 })
  stop = new AbortController()
})
afterEach(async () => {
  stop.abort()
  await polling
  await running.close()
})

/** Polls into a list; `until` resolves once the list fulfils a condition. */
function collect(overrides: Partial<PollOptions> = {}) {
  const seen: Update[] = []
  const pauses: number[] = []
  const waiting = new Set<() => void>()
  const store = async (updates: readonly Update[]) => {
    await overrides.onUpdates?.(updates)
    seen.push(...updates)
    for (const check of waiting) check()
  }
  const pause = async (ms: number) => {
    pauses.push(ms)
    for (const check of waiting) check()
  }
  const base = { api, lastUpdateId: async () => undefined, signal: stop.signal, log: silentLog, pause }
  polling = pollUpdates({ ...base, ...overrides, onUpdates: store })
  const until = (condition: () => boolean) =>
    new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`saw ${JSON.stringify({ seen, pauses })}`)), 30_000)
      const check = () => {
        if (!condition()) return
        clearTimeout(timer)
        waiting.delete(check)
        resolve()
      }
      waiting.add(check)
      check()
    })
  const texts = () => seen.map(({ message }) => message?.text)
  return { seen, pauses, texts, until }
}

test('texts, presses and blocking arrive in order, each once', async () => {
  const { simulator } = running
  const { message_id: id } = await api.sendMessage(BUDI.id, 'pick', {
    reply_markup: { inline_keyboard: [[{ text: 'All', callback_data: 'menu:all' }]] },
  })
  const { seen, until } = collect()
  simulator.sendText(BUDI.id, '/start')
  await until(() => seen.length === 1)
  simulator.press(BUDI.id, id, 'menu:all')
  simulator.blockBot(BUDI.id)
  await until(() => seen.length === 3)
  assert.deepEqual(seen[0]?.message?.entities, [{ type: 'bot_command', offset: 0, length: 6 }])
  assert.equal(seen[1]?.callback_query?.data, 'menu:all')
  assert.equal(seen[1]?.callback_query?.message?.message_id, id)
  assert.equal(seen[2]?.my_chat_member?.new_chat_member.status, 'kicked')
})

test('what happened while nobody polled is waiting, and a stored offset skips what is known', async () => {
  running.simulator.sendText(BUDI.id, 'first')
  running.simulator.sendText(BUDI.id, 'second')
  const [first] = await api.getUpdates({ limit: 1 })
  const { texts, until } = collect({ lastUpdateId: async () => first?.update_id })
  await until(() => texts().length === 1)
  assert.deepEqual(texts(), ['second'])
})

test('a batch that could not be stored is offered again: nothing is lost', async () => {
  let failures = 2
  const onUpdates = async () => {
    if (failures-- > 0) throw new Error('the database is away')
  }
  const { texts, pauses, until } = collect({ onUpdates })
  running.simulator.sendText(BUDI.id, 'kept')
  await until(() => texts().length === 1)
  assert.deepEqual(texts(), ['kept'])
  assert.deepEqual(pauses, [1000, 2000])
})

test('duplicates and reordered updates are handed over, and the offset never goes back', async () => {
  const { simulator } = running
  simulator.fault({ kind: 'duplicate_updates' })
  simulator.sendText(BUDI.id, 'twice')
  simulator.fault({ kind: 'reorder_updates', times: 2 })
  simulator.sendText(BUDI.id, 'a')
  simulator.sendText(BUDI.id, 'b')
  const { texts, until } = collect()
  await until(() => texts().length >= 4)
  simulator.sendText(BUDI.id, 'last')
  await until(() => texts().includes('last'))
  assert.deepEqual(texts(), ['twice', 'b', 'a', 'twice', 'last'])
})

test('a second consumer is reported and waited for 5 s; a set webhook likewise', async () => {
  const conflicts: string[] = []
  await api.setWebhook('https://shop.example/hook')
  const { pauses, texts, until } = collect({ onConflict: (why) => conflicts.push(why) })
  await until(() => pauses.length >= 1)
  assert.equal(pauses[0], 5_000)
  assert.match(conflicts[0] ?? '', /webhook is active/)
  await api.deleteWebhook()
  running.simulator.sendText(BUDI.id, 'again')
  await until(() => texts().includes('again'))
})

test('the poll that was waiting gets the 409 when another one starts', async () => {
  const first = api.getUpdates({ timeout: 30 })
  const refused = assert.rejects(first, /409|terminated by other getUpdates/)
  // The second poll can only end the first one once that has arrived: ask until it did.
  const second = async (): Promise<void> => {
    await api.getUpdates({ timeout: 0 })
    const ended = await Promise.race([
      first.then(
        () => true,
        () => true,
      ),
      api.getMe().then(() => false),
    ])
    return ended ? undefined : second()
  }
  await second()
  await refused
})

test('an outage backs off and ends: 1 s, 2 s, then on', async () => {
  running.simulator.fault({ kind: 'server_error', method: 'getUpdates', times: 2 })
  const { pauses, texts, until } = collect()
  running.simulator.sendText(BUDI.id, 'after')
  await until(() => texts().includes('after'))
  assert.deepEqual(pauses, [1000, 2000])
})

test('closing the server waits neither for a waiting poll nor for a scripted silence', async () => {
  const poll = Promise.allSettled([api.getUpdates({ timeout: 50 })])
  running.simulator.fault({ kind: 'timeout', effect: true, method: 'sendMessage' })
  const silent = assert.rejects(api.sendMessage(BUDI.id, 'heard, not answered'))
  await running.simulator.waitFor(BUDI.id, ({ messages }) => messages.length === 1)
  const started = Date.now()
  await running.close()
  await poll
  await silent
  assert.ok(Date.now() - started < PATIENCE_MS)
})

test('an abort ends a waiting poll at once, and closing the simulator is quick', async () => {
  const { seen, until } = collect()
  running.simulator.sendText(BUDI.id, 'here')
  await until(() => seen.length === 1)
  const started = Date.now()
  stop.abort()
  await polling
  await running.close()
  assert.ok(Date.now() - started < PATIENCE_MS)
})
