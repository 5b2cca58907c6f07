import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTelegramSimulator } from './simulator/index.ts'
import { verifyInitData, verifyLoginWidget, verifyWebhookSecret } from './verification.ts'

// The hashes below were computed with OpenSSL, not with this code:
//   initData: printf '%s' "$CHECK" | openssl dgst -sha256 -mac HMAC -macopt hexkey:$(printf '%s' "$TOKEN" |
//             openssl dgst -sha256 -hmac WebAppData -r | cut -d' ' -f1)
//   widget:   the same with hexkey:$(printf '%s' "$TOKEN" | sha256sum | cut -d' ' -f1)
const TOKEN = '5768337691:AAH5YkoiEuPk8-FZa32hStHTqXiLPtAEhx8'
const AUTH_DATE = 1_767_225_600 // 2026-01-01T00:00:00Z
const INIT_HASH = '2b76aec7397298cf113494b8015d00513f53c8f6321494b02595f6e6d1cb79d1'
const WIDGET_HASH = 'e1518a4e5eafdaacc01b6d0ac874b8352cdb83effdcae467dd036e8b3b53990b'

const user = { id: 279058397, first_name: 'Vladislav', last_name: 'Kibenko', username: 'vdkfrost' }
const initData = new URLSearchParams({
  query_id: 'AAHdF6IQAAAAAN0XohDhrOrc',
  user: JSON.stringify(user),
  auth_date: String(AUTH_DATE),
  hash: INIT_HASH,
}).toString()
const widget = { ...user, auth_date: AUTH_DATE, hash: WIDGET_HASH }
const at = (secondsLater: number) => new Date((AUTH_DATE + secondsLater) * 1000)

test('a genuine Mini App login names its user', () => {
  assert.deepEqual(verifyInitData(initData, TOKEN, at(60)), {
    ok: true,
    user: { id: 279058397, firstName: 'Vladislav', lastName: 'Kibenko', username: 'vdkfrost' },
    authDate: new Date('2026-01-01T00:00:00Z'),
  })
})

test('a genuine Login Widget login names its user, numbers given as text or not', () => {
  for (const fields of [widget, { ...widget, id: String(widget.id), auth_date: String(AUTH_DATE) }]) {
    const login = verifyLoginWidget(fields, TOKEN, at(0))
    assert.ok(login.ok && login.user.id === 279058397)
  }
})

test('one hour old is still good, a second more is expired', () => {
  assert.equal(verifyInitData(initData, TOKEN, at(3600)).ok, true)
  assert.deepEqual(verifyInitData(initData, TOKEN, at(3601)), { ok: false, reason: 'expired' })
  assert.deepEqual(verifyLoginWidget(widget, TOKEN, at(3601)), { ok: false, reason: 'expired' })
})

test('any change, another bot’s token, a missing hash or a repeated field is invalid', () => {
  const forged = [
    initData.replace('Vladislav', 'Vladimir'),
    initData.replace('279058397', '279058398'),
    `${initData}&chat_type=private`,
    `${initData}&auth_date=${AUTH_DATE}`,
    initData.replace(/&hash=.*/, ''),
    initData.replace(/hash=\w{8}/, 'hash=00000000'),
    '',
    'garbage',
  ]
  for (const data of forged) {
    assert.deepEqual(verifyInitData(data, TOKEN, at(0)), { ok: false, reason: 'invalid' }, data)
  }
  assert.equal(verifyInitData(initData, '1:other', at(0)).ok, false)
  assert.equal(verifyLoginWidget({ ...widget, id: 1 }, TOKEN, at(0)).ok, false)
  // A widget hash does not open the Mini App door: the two keys differ.
  const asInitData = Object.entries(widget).map(([name, value]): [string, string] => [name, String(value)])
  assert.equal(verifyInitData(new URLSearchParams(asInitData).toString(), TOKEN, at(0)).ok, false)
})

test('the simulator’s logins pass', async () => {
  const { simulator, close } = await startTelegramSimulator({ token: TOKEN, users: [user] })
  await close()
  assert.equal(verifyInitData(simulator.initData(user.id), TOKEN, new Date()).ok, true)
  assert.equal(verifyLoginWidget(simulator.loginWidget(user.id), TOKEN, new Date()).ok, true)
})

test('the webhook secret must be there, equal and configured', () => {
  assert.equal(verifyWebhookSecret('s3cret_-A', 's3cret_-A'), true)
  for (const header of ['s3cret_-B', 's3cret_-', '', undefined, ['s3cret_-A']]) {
    assert.equal(verifyWebhookSecret(header, 's3cret_-A'), false)
  }
  assert.equal(verifyWebhookSecret('', ''), false)
  assert.equal(verifyWebhookSecret(undefined, ''), false)
})
