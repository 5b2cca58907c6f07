import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { test } from 'node:test'
import type { Log } from '../../kernel/log.ts'
import { createLog } from './log.ts'

function captured(): { log: Log; lines: () => Record<string, unknown>[]; text: () => string } {
  const chunks: string[] = []
  const destination = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(String(chunk))
      done()
    },
  })
  const text = () => chunks.join('')
  return {
    log: createLog({ level: 'debug', destination }),
    text,
    lines: () =>
      text()
        .trim()
        .split('\n')
        .map((line): Record<string, unknown> => JSON.parse(line)),
  }
}

const SECRET = 'hunter2secret'
const JWT = 'eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl'

test('no secret appears, whichever way it comes', () => {
  const { log, text } = captured()
  const fields = [
    { authorization: `Bearer ${SECRET}` },
    {
      headers: { Authorization: SECRET, cookie: `a=${SECRET}`, 'set-cookie': [SECRET], 'x-api-key': SECRET },
    },
    { headers: { 'x-telegram-bot-api-secret-token': SECRET, 'x-pakasir-signature': SECRET } },
    {
      refresh_token: SECRET,
      accessToken: SECRET,
      TELEGRAM_BOT_TOKEN: SECRET,
      apiKey: SECRET,
      api_key: SECRET,
    },
    { password: SECRET, otp: SECRET, init_data: SECRET, nested: [{ deep: { client_secret: SECRET } }] },
    { body: { name: SECRET }, contents: [SECRET], qr_string: SECRET },
    { url: `/webhooks/pakasir?token=${SECRET}&x=1` },
    { url: `https://app.pakasir.com/api/transactiondetail?project=p&amount=1&api_key=${SECRET}` },
    { url: `https://api.telegram.org/bot123456:${SECRET}/sendMessage` },
    { text: `got Bearer ${SECRET} and niaga_0123456789ab_${SECRET}${SECRET} and rt_${SECRET}${SECRET}` },
    { database: `postgres://niaga:${SECRET}@localhost/db` },
    {
      err: Object.assign(
        new Error(`GET /x?api_key=${SECRET} failed`, { cause: new Error(`?token=${SECRET}`) }),
        { request: { headers: SECRET }, parameters: [SECRET] },
      ),
    },
    { raw: Buffer.from(SECRET) },
  ]
  for (const one of fields) log.info(one, 'first')
  log.child({ token: SECRET, url: `?token=${SECRET}` }).warn({}, `and ?token=${SECRET} in the message`)
  log.error({ note: JWT }, JWT)
  assert.doesNotMatch(text(), new RegExp(SECRET))
  assert.doesNotMatch(text(), new RegExp(Buffer.from(SECRET).toString('base64')))
  assert.ok(!text().includes(JWT))
})

test('what is no secret stays readable', () => {
  const { log, lines } = captured()
  log
    .child({ system: 'quickcart' })
    .info(
      { invoice: 'TRX20260101ABC123', amount: 2n ** 60n, url: '/products?q=token&page=2' },
      'payment is late',
    )
  const [line] = lines()
  assert.ok(line)
  assert.equal(line.level, 'info')
  assert.equal(line.msg, 'payment is late')
  assert.equal(line.system, 'quickcart')
  assert.equal(line.invoice, 'TRX20260101ABC123')
  assert.equal(line.amount, '1152921504606846976')
  assert.equal(line.url, '/products?q=token&page=2')
})

test('an error keeps kind, text, code, stack and cause; cycles end', () => {
  const { log, lines } = captured()
  const cycle: Record<string, unknown> = {}
  cycle.self = cycle
  log.error(
    { err: Object.assign(new TypeError('broken', { cause: new Error('deeper') }), { code: 'E1' }), cycle },
    'x',
  )
  const text = JSON.stringify(lines()[0])
  assert.match(text, /"type":"TypeError","message":"broken","code":"E1","stack":"TypeError: broken/)
  assert.match(text, /"message":"deeper"/)
  assert.match(text, /\[deep\]/)
})
