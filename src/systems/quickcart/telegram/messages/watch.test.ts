import assert from 'node:assert/strict'
import { test } from 'node:test'
import { visibleLength } from '../html.ts'
import { type Unusual, unusualBuying } from './watch.ts'

test('a flood of unusual buying is one message that Telegram takes, and says how much it leaves out', () => {
  const flood = Array.from({ length: 1_000 }, (_, n): Unusual => {
    const user = String(9_007_199_254_740_000n + BigInt(n))
    return { what: n % 2 === 0 ? 'many_orders' : 'large_day', user, count: 1_000 + n, amount: '123456789.00' }
  })
  const payment: Unusual = {
    what: 'large_payment',
    user: '7',
    invoice: 'QC-20261126-ABCDEF',
    amount: '1700000.00',
  }
  const { text } = unusualBuying([...flood, payment])
  assert.ok(visibleLength(text) < 4_096)
  assert.equal(text.text.match(/… dan 485 lagi\./g)?.length, 2)
  assert.match(
    text.text,
    /Pembayaran besar<\/b>\n<code>QC-20261126-ABCDEF<\/code>, pembeli <code>7<\/code>: Rp 1\.700\.000\n👀/,
  )
})
