import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { openChatShop } from '../../../../test/quickcart-chat.ts'
import { redisMissing, testRedis } from '../../../../test/redis.ts'

const redis = await testRedis()
if (!redisMissing) {
  await redis.start()
  after(() => redis.kill())
}
const shop = await openChatShop(redisMissing ? {} : { environment: { REDIS_URL: redis.url } })

test('check 48: Redis is switched off in the middle: session and limits go on, the order is paid', {
  skip: redisMissing,
}, async () => {
  const id = await shop.goods(10_000, ['KUNCI-48', 'KUNCI-49', 'KUNCI-50'])
  const budi = await shop.person().registered({ balance: 50_000 })
  for (let n = 0; n < 9; n++) budi.say('/order')
  // The bot answers one message a second; the minute of the limit is not over.
  await budi.sees('Cara memesan')
  await shop.advance({ seconds: 10 })
  budi.say(String(id))
  await budi.press('qty:1')
  await budi.sees('Jumlah: 2')
  await redis.kill()
  await budi.press('checkout')
  await budi.press('pay:balance:20000')
  await budi.sees(/KUNCI-4[89]\nKUNCI-4[89]/)
  budi.say('/order')
  budi.say('/order')
  await budi.sees('Terlalu banyak permintaan')
  await shop.drain()
  assert.equal((await shop.store.kv.get(`session:${budi.id}`))?.includes('awaiting_payment'), true)
})
