import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openShop } from '../../../../test/quickcart-shop.ts'

const shop = await openShop()

test('check 17: a QRIS order is paid on the gateway and its goods arrive in the chat once', async () => {
  const budi = await shop.customer()
  const product = await shop.product({ price: 30_000 })
  const placed = await shop.order(budi, product)
  assert.equal(placed.status, 201, JSON.stringify(placed.body))
  assert.equal(placed.body.total, '30520.00')
  shop.pakasir.pay(placed.body.invoice)
  await shop.drain()
  const { body } = await shop.get(`/orders/${placed.body.invoice}`, { as: budi })
  assert.equal(body.status, 'paid')
  assert.deepEqual(body.items[0].contents, [`KEY-${product}-1`])
})
