import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { anyCharacter } from '../../../../test/any-character.ts'
import { wholeMoney } from '../../../kernel/money.ts'
import { qrisPayload } from './emv.ts'

/** Tag, two-digit length, value; every character belongs to one. */
function parseTlv(text: string): Map<string, string> {
  const fields = new Map<string, string>()
  for (let at = 0; at < text.length; ) {
    const tag = text.slice(at, at + 2)
    const length = Number(text.slice(at + 2, at + 4))
    assert.match(text.slice(at, at + 4), /^\d{4}$/)
    assert.ok(at + 4 + length <= text.length, `field ${tag} ends inside the text`)
    assert.ok(!fields.has(tag), `field ${tag} stands once`)
    fields.set(tag, text.slice(at + 4, at + 4 + length))
    at += 4 + length
  }
  return fields
}

/** CRC-16/CCITT-FALSE by polynomial division over bits: another way than the one under test. */
function crcByDivision(text: string): string {
  const bits = [...Buffer.from(text, 'ascii')].flatMap((byte) =>
    [...byte.toString(2).padStart(8, '0')].map(Number),
  )
  for (let i = 0; i < 16; i++) bits[i] = 1 - (bits[i] ?? 0)
  const divided = [...bits, ...Array<number>(16).fill(0)]
  const polynomial = [...(0x11021).toString(2)].map(Number)
  for (let i = 0; i < bits.length; i++) {
    if (divided[i] !== 1) continue
    for (const [offset, bit] of polynomial.entries()) divided[i + offset] = (divided[i + offset] ?? 0) ^ bit
  }
  return Number.parseInt(divided.slice(-16).join(''), 2).toString(16).toUpperCase().padStart(4, '0')
}

test('the test knows the CRC: the standard check value', () => {
  assert.equal(crcByDivision('123456789'), '29B1')
})

test('any merchant, order and amount: a valid payload with that amount inside', () => {
  const text = fc.string({ unit: anyCharacter, minLength: 1, maxLength: 60 })
  fc.assert(
    fc.property(text, text, fc.integer({ min: 1, max: 10_000_000 }), (merchant, orderId, whole) => {
      const payload = qrisPayload({ merchant, project: 'shop', orderId, total: wholeMoney('IDR', whole) })
      const fields = parseTlv(payload)
      assert.equal(fields.get('63'), crcByDivision(payload.slice(0, -4)))
      assert.equal(fields.get('54'), `${whole}.00`)
      assert.equal([...fields.keys()][0], '00')
      assert.ok((fields.get('59') ?? '').length <= 25)
    }),
  )
})

test('a QRIS of an order: rupiah, Indonesia, dynamic, national merchant id and the invoice', () => {
  const total = wholeMoney('IDR', 30_520)
  const fields = parseTlv(
    qrisPayload({ merchant: 'QuickCart', project: 'shop', orderId: 'TRX20250101ABCDEF', total }),
  )
  assert.deepEqual(
    ['00', '01', '52', '53', '54', '58', '59'].map((tag) => fields.get(tag)),
    ['01', '12', '5734', '360', '30520.00', 'ID', 'QuickCart'],
  )
  const national = parseTlv(fields.get('51') ?? '')
  assert.equal(national.get('00'), 'ID.CO.QRIS.WWW')
  assert.match(national.get('02') ?? '', /^ID\d{13}$/)
  assert.match(parseTlv(fields.get('26') ?? '').get('01') ?? '', /^\d{19}$/)
  assert.equal(parseTlv(fields.get('62') ?? '').get('05'), 'TRX20250101ABCDEF')
})
