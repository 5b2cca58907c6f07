import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import { afterEach, beforeEach, test } from 'node:test'
import { createTelegramApi, type TelegramApi } from '../client.ts'
import { verifyWebhookSecret } from '../verification.ts'
import { type RunningSimulator, startTelegramSimulator } from './index.ts'

const TOKEN = '123456:TEST-token_value'
const BUDI = { id: 100000001, first_name: 'Budi' }
const SARI = { id: 100000002, first_name: 'Sari' }

interface Delivery {
  readonly secret: string | string[] | undefined
  readonly text: string
}

let running: RunningSimulator
let api: TelegramApi
let server: Server
let url: string
let deliveries: Delivery[]
/** Statuses to answer with, first one first; 200 when there is none left. */
let answers: number[]
let arrived: () => void

beforeEach(async () => {
  running = await startTelegramSimulator({ token: TOKEN, users: [BUDI, SARI] })
  api = createTelegramApi({ token: TOKEN, apiRoot: running.url })
  deliveries = []
  answers = []
  arrived = () => undefined
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const update: { message?: { text?: string } } = JSON.parse(Buffer.concat(chunks).toString())
    deliveries.push({
      secret: request.headers['x-telegram-bot-api-secret-token'],
      text: update.message?.text ?? '',
    })
    response.writeHead(answers.shift() ?? 200).end()
    arrived()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  assert.ok(typeof address === 'object' && address)
  url = `http://127.0.0.1:${address.port}/hook`
})
afterEach(async () => {
  await running.close()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

function delivered(count: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`only ${deliveries.length} arrived`)), 30_000)
    arrived = () => {
      if (deliveries.length < count) return
      clearTimeout(timer)
      resolve()
    }
    arrived()
  })
}

test('waiting and new updates are posted with the secret, in order within a chat', async () => {
  running.simulator.sendText(BUDI.id, 'one')
  await api.setWebhook(url, { secret_token: 's3cret_-A', allowed_updates: ['message'] })
  running.simulator.sendText(BUDI.id, 'two')
  running.simulator.sendText(BUDI.id, 'three')
  await delivered(3)
  assert.deepEqual(
    deliveries.map(({ text }) => text),
    ['one', 'two', 'three'],
  )
  assert.ok(deliveries.every(({ secret }) => verifyWebhookSecret(secret, 's3cret_-A')))
})

test('an update is posted again until it is taken; other chats do not wait for it', async () => {
  answers = [500]
  await api.setWebhook(url)
  running.simulator.sendText(BUDI.id, 'refused once')
  await delivered(1)
  running.simulator.sendText(SARI.id, 'not held up')
  await delivered(3)
  assert.deepEqual(
    deliveries.map(({ text }) => text),
    ['refused once', 'not held up', 'refused once'],
  )
  const info = await api.getWebhookInfo()
  assert.match(info.last_error_message ?? '', /500/)
})

test('a scripted duplicate is posted twice', async () => {
  await api.setWebhook(url)
  running.simulator.fault({ kind: 'duplicate_updates' })
  running.simulator.sendText(BUDI.id, 'again')
  await delivered(2)
  assert.deepEqual(
    deliveries.map(({ text }) => text),
    ['again', 'again'],
  )
})

test('only https on the four ports, or this machine, with a well-formed secret', async () => {
  const refused: [string, { secret_token?: string }, RegExp][] = [
    ['http://shop.example/hook', {}, /HTTPS URL must be provided/],
    ['https://shop.example:9000/hook', {}, /ports 80, 88, 443 or 8443/],
    ['not a url', {}, /invalid webhook URL/],
    ['https://shop.example/hook', { secret_token: 'no spaces' }, /unallowed characters/],
  ]
  for (const [address, options, why] of refused) {
    await assert.rejects(api.setWebhook(address, options), why)
  }
  await api.setWebhook('https://shop.example:8443/hook', { max_connections: 40 })
  const info = await api.getWebhookInfo()
  assert.equal(info.url, 'https://shop.example:8443/hook')
  assert.equal(info.max_connections, 40)
  await api.deleteWebhook()
  assert.equal((await api.getWebhookInfo()).url, '')
})
