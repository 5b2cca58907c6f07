import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { isDomainError } from '../../kernel/errors.ts'
import { wholeMoney } from '../../kernel/money.ts'
import { parsePakasirWebhook, verifyPakasirWebhook } from './webhook.ts'

const secret = 'a webhook secret'
const rawBody = Buffer.from('{"amount":30000,"order_id":"TRX1","project":"p","status":"completed"}')
const signed = (body: Buffer, key: string) => createHmac('sha256', key).update(body).digest('hex')
const good = signed(rawBody, secret)

const matrix: readonly [
  title: string,
  given: { token?: string; signature?: string; secret?: string; body?: Buffer },
  accepted: boolean,
][] = [
  ['good token', { token: secret, secret }, true],
  ['wrong token', { token: 'another', secret }, false],
  ['token of equal length', { token: secret.replace('a', 'b'), secret }, false],
  ['empty token', { token: '', secret }, false],
  ['neither token nor signature', { secret }, false],
  ['good signature alone', { signature: good, secret }, true],
  ['good signature in capitals', { signature: good.toUpperCase(), secret }, true],
  ['good signature, wrong token', { token: 'another', signature: good, secret }, true],
  ['wrong signature alone', { signature: signed(rawBody, 'other'), secret }, false],
  ['wrong signature, good token', { token: secret, signature: signed(rawBody, 'other'), secret }, false],
  ['empty signature, good token', { token: secret, signature: '', secret }, false],
  ['cut signature, good token', { token: secret, signature: good.slice(0, 32), secret }, false],
  ['signature of another body', { signature: good, secret, body: Buffer.from('{}') }, false],
  ['no secret configured', { token: secret, signature: good }, false],
  ['no secret configured, empty token', { token: '' }, false],
  ['empty secret, empty token', { token: '', secret: '' }, false],
  ['empty secret, signature with it', { signature: signed(rawBody, ''), secret: '' }, false],
]

for (const [title, given, accepted] of matrix) {
  test(`${title}: ${accepted ? 'accepted' : 'refused'}`, () => {
    const proof = {
      rawBody: given.body ?? rawBody,
      token: given.token,
      signature: given.signature,
      secret: given.secret,
    }
    assert.equal(verifyPakasirWebhook(proof), accepted)
  })
}

test('the documented body is read, unknown fields let through', () => {
  const body = {
    amount: 22000,
    order_id: '240910HDE7C9',
    project: 'depodomain',
    status: 'completed',
    payment_method: 'qris',
    completed_at: '2024-09-10T08:07:02.819+07:00',
    metadata: { any: 'thing' },
  }
  assert.deepEqual(parsePakasirWebhook(Buffer.from(JSON.stringify(body))), {
    amount: wholeMoney('IDR', 22000),
    orderId: '240910HDE7C9',
    project: 'depodomain',
    status: 'completed',
    paymentMethod: 'qris',
    completedAt: new Date('2024-09-10T01:07:02.819Z'),
  })
})

const malformed = [
  '',
  'not json',
  '[]',
  'null',
  '{}',
  '{"amount":"30000","order_id":"TRX1","project":"p","status":"completed"}',
  '{"amount":300.5,"order_id":"TRX1","project":"p","status":"completed"}',
  '{"amount":-1,"order_id":"TRX1","project":"p","status":"completed"}',
  '{"amount":1e30,"order_id":"TRX1","project":"p","status":"completed"}',
  '{"amount":1,"order_id":"","project":"p","status":"completed"}',
  '{"amount":1,"order_id":"TRX\\u0000","project":"p","status":"completed"}',
]
for (const text of malformed) {
  test(`a webhook of ${text || 'nothing'}: bad_request`, () => {
    assert.throws(
      () => parsePakasirWebhook(Buffer.from(text)),
      (error) => isDomainError(error, 'bad_request'),
    )
  })
}
