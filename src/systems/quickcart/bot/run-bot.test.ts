import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openChatShop } from '../../../../test/quickcart-chat.ts'
import { until } from '../../../../test/until.ts'
import { startBot } from './run-bot.ts'

const shop = await openChatShop({ environment: { TELEGRAM_MODE: 'webhook' } })
const { store, telegram } = shop

test('in webhook mode Telegram is told where, with what secret and what for; updates come and are answered', async () => {
  await until(async () => (await store.telegram.getWebhookInfo()).url !== '')
  const info = await store.telegram.getWebhookInfo()
  assert.deepEqual(
    [info.url, info.max_connections, info.allowed_updates],
    [`${shop.origin}/webhooks/telegram`, 40, ['message', 'callback_query', 'my_chat_member']],
  )
  const id = await shop.goods(10_000, ['LEWAT-WEBHOOK'])
  const budi = await shop.person().registered({ balance: 10_000 })
  budi.say(String(id))
  await budi.press('checkout')
  await budi.press('pay:balance:10000')
  await budi.sees('LEWAT-WEBHOOK')
  assert.equal(telegram.calls('getUpdates').length, 0)
})

test('who does not know the secret is not Telegram', async () => {
  const headers = { 'x-telegram-bot-api-secret-token': 'guessed' }
  const { status } = await shop.post('/webhooks/telegram', { body: { update_id: 1 }, headers })
  assert.equal(status, 401)
})

test('polling ends a webhook that is still set, and goes on until Telegram has understood', async (t) => {
  telegram.fault({ kind: 'server_error', method: 'deleteWebhook' })
  const { telegram: settings } = store.config
  const bot = startBot({
    ...store,
    config: { ...store.config, telegram: { ...settings, mode: 'polling' } },
  })
  t.after(() => bot.stop())
  const budi = await shop.person().registered()
  await until(async () => (await store.telegram.getWebhookInfo()).url === '')
  budi.say('/order')
  await budi.sees('Cara memesan')
  assert.ok(telegram.calls('getUpdates').length > 0)
})
