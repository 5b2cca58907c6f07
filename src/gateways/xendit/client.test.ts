import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, beforeEach, type TestContext, test } from 'node:test'
import { SandboxClock } from '../../kernel/clock.ts'
import { silentLog } from '../../kernel/log.ts'
import { money, wholeMoney } from '../../kernel/money.ts'
import { callbackId, parseInvoiceCallback, parsePayoutCallback, verifyXenditCallback } from './callback.ts'
import { createXenditClient, type NewInvoice, type NewPayout } from './client.ts'
import { XenditError, XenditUnknownOutcome } from './errors.ts'
import { startXenditSimulator } from './simulator/start.ts'

const secretKey = 'xnd_development_sandbox'
const clock = new SandboxClock()
const { simulator, url, close } = await startXenditSimulator({ clock, secretKey, merchant: 'UserState' })
after(close)

const connect = (more: { baseUrl?: string; secretKey?: string; timeoutMs?: number } = {}) =>
  createXenditClient({ baseUrl: url, secretKey, clock, log: silentLog, timeoutMs: 1_000, ...more })

let number = 0
const someInvoice = (): NewInvoice => ({
  externalId: `INV-202601-${String(++number).padStart(6, '0')}`,
  amount: wholeMoney('IDR', 50_000),
  payerEmail: 'budi@example.com',
  description: 'Top-up',
  validSeconds: 3600,
  paymentMethods: ['BCA', 'QRIS'],
  metadata: { username: 'budi' },
})
const somePayout = (accountNumber = '1234567890'): NewPayout => ({
  referenceId: `TRX-202601-${String(++number).padStart(6, '0')}`,
  channelCode: 'ID_BCA',
  accountNumber,
  accountHolderName: 'Budi',
  amount: wholeMoney('IDR', 75_000),
  description: 'Withdrawal',
})

beforeEach(() => simulator.behave())

const kindOf = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof XenditError, String(error))
  assert.equal(error instanceof XenditUnknownOutcome, error.kind === 'unknown')
  return error.kind
}

test('an invoice is created, found by id and by our number, paid and read with what the gateway kept', async () => {
  const client = connect()
  const asked = someInvoice()
  const made = await client.createInvoice(asked)
  assert.deepEqual([made.status, made.externalId, made.amount], ['PENDING', asked.externalId, asked.amount])
  assert.equal(made.url, `${url}/pay/${made.id}`)
  assert.equal(made.expiresAt.getTime() - made.createdAt.getTime(), 3_600_000)
  assert.deepEqual(
    (await client.invoicesOf(asked.externalId)).map(({ id }) => id),
    [made.id],
  )
  simulator.settings = { ...simulator.settings, fee: { perMille: 15, fixed: 4000 } }
  simulator.pay(made.id, { amount: 49_000 })
  const paid = await client.invoice(made.id)
  assert.deepEqual(
    [paid.status, paid.paidAmount, paid.fee, paid.paymentChannel],
    ['PAID', wholeMoney('IDR', 49_000), wholeMoney('IDR', 4_735), 'BCA'],
  )
  simulator.invoices.settle(made.id)
  assert.equal((await client.invoice(made.id)).status, 'SETTLED')
  assert.deepEqual(await client.invoicesOf('INV-nothing'), [])
})

test('our number twice makes two invoices there, oldest first', async () => {
  const client = connect()
  const asked = someInvoice()
  const first = await client.createInvoice(asked)
  clock.advance({ seconds: 1 })
  const second = await client.createInvoice(asked)
  assert.deepEqual(
    (await client.invoicesOf(asked.externalId)).map(({ id }) => id),
    [first.id, second.id],
  )
})

test('expiring: once, and never what is paid', async () => {
  const client = connect()
  const { id } = await client.createInvoice(someInvoice())
  assert.equal((await client.expireInvoice(id)).status, 'EXPIRED')
  assert.equal(await kindOf(client.expireInvoice(id)), 'rejected')
  const paid = await client.createInvoice(someInvoice())
  simulator.pay(paid.id)
  assert.equal(await kindOf(client.expireInvoice(paid.id)), 'rejected')
  assert.equal(await kindOf(client.invoice('5f27a14a9bf05c73dd040bc8')), 'not_found')
})

test('one key, one payout: the same body finds it, another body says that nothing is known', async () => {
  const client = connect()
  const asked = somePayout()
  const [one, two] = await Promise.all([client.createPayout(asked), client.createPayout(asked)])
  assert.equal(one.id, two.id)
  assert.match(one.id, /^disb-/)
  assert.equal((await client.payoutOf(asked.referenceId))?.id, one.id)
  const other = { ...asked, amount: wholeMoney('IDR', 75_001) }
  assert.equal(await kindOf(client.createPayout(other)), 'unknown')
  assert.equal(simulator.payouts.of(asked.referenceId).length, 1)
  assert.equal(await client.payoutOf('TRX-nothing'), undefined)
})

test('each account number has its ending', async () => {
  const client = connect()
  const endings = [
    ['1000000001', 'SUCCEEDED', null],
    ['1000000404', 'FAILED', 'INVALID_DESTINATION'],
    ['1000000402', 'FAILED', 'INSUFFICIENT_BALANCE'],
    ['1000000408', 'REQUESTED', null],
    ['1000000409', 'ACCEPTED', null],
    ['1000000777', 'REVERSED', null],
  ] as const
  for (const [account, status, failureCode] of endings) {
    const { id } = await client.createPayout(somePayout(account))
    simulator.payouts.finish(id)
    const payout = await client.payout(id)
    assert.deepEqual([payout.status, payout.failureCode], [status, failureCode], account)
  }
})

test('a payout is cancelled while it is accepted, and not after', async () => {
  const client = connect()
  const { id } = await client.createPayout(somePayout())
  assert.equal((await client.cancelPayout(id)).status, 'CANCELLED')
  assert.equal(await kindOf(client.cancelPayout(id)), 'rejected')
})

test('an effect without a believable answer has an unknown outcome, a question just none', async () => {
  for (const fault of ['outage', 'timeout', 'timeout_after_effect', 'server_error', 'malformed'] as const) {
    const client = connect({ timeoutMs: 150 })
    simulator.faults.arm({ kind: fault })
    assert.equal(await kindOf(client.createInvoice(someInvoice())), 'unknown', fault)
    assert.equal(await kindOf(client.createPayout(somePayout())), 'unknown', fault)
    assert.equal(await kindOf(client.payoutOf('TRX-1')), 'no_answer', fault)
    simulator.faults.clear()
  }
})

test('a reply lost after the effect: the payout is there, once, and the lookup finds it', async () => {
  const client = connect({ timeoutMs: 150 })
  const asked = somePayout()
  simulator.faults.arm({ kind: 'timeout_after_effect', endpoint: 'create_payout', times: 1 })
  assert.equal(await kindOf(client.createPayout(asked)), 'unknown')
  const found = await client.payoutOf(asked.referenceId)
  assert.ok(found)
  assert.equal((await client.createPayout(asked)).id, found.id)
})

test('refusals are final, too many requests are not; neither is an unknown outcome', async () => {
  const client = connect()
  simulator.faults.arm({ kind: 'too_many_requests', times: 1 })
  assert.equal(await kindOf(client.createPayout(somePayout())), 'busy')
  simulator.faults.arm({ kind: 'rejected', times: 1 })
  assert.equal(await kindOf(client.createPayout(somePayout())), 'rejected')
  const refused = client.createPayout({ ...somePayout(), channelCode: 'ID_MOON' })
  await assert.rejects(refused, {
    kind: 'rejected',
    gatewayCode: 'CHANNEL_CODE_NOT_SUPPORTED_ERROR',
    final: true,
  })
  await assert.rejects(client.createPayout(somePayout('12')), {
    gatewayCode: 'RECIPIENT_ACCOUNT_NUMBER_ERROR',
  })
  const unknownMethod = { ...someInvoice(), paymentMethods: ['SHELLS'] }
  await assert.rejects(client.createInvoice(unknownMethod), {
    gatewayCode: 'UNAVAILABLE_PAYMENT_METHOD_ERROR',
  })
})

test('a wrong key is no word about what was asked, and the key is in no message', async () => {
  const wrong = 'xnd_wrong_key'
  const client = connect({ secretKey: wrong })
  await assert.rejects(client.balance(), (error: unknown) => {
    assert.ok(error instanceof XenditError)
    assert.deepEqual([error.kind, error.gatewayCode, error.final], ['not_admitted', 'INVALID_API_KEY', false])
    assert.ok(!error.message.includes(wrong))
    return true
  })
})

test('five failures open the circuit: nothing is sent for 30 s, then one call tries', async () => {
  const client = connect()
  simulator.faults.arm({ kind: 'server_error', times: 5 })
  for (let i = 0; i < 5; i++) assert.equal(await kindOf(client.createInvoice(someInvoice())), 'unknown')
  assert.equal(client.state, 'down')
  const asked = someInvoice()
  assert.equal(await kindOf(client.createInvoice(asked)), 'unavailable')
  assert.deepEqual(simulator.invoices.of(asked.externalId), [])
  clock.advance({ seconds: 30 })
  await client.createInvoice(asked)
  assert.equal(client.state, 'up')
})

test('a fraction of a rupiah is never sent', async () => {
  const client = connect()
  const amount = money('IDR', 5_000_050n)
  await assert.rejects(client.createInvoice({ ...someInvoice(), amount }), RangeError)
  await assert.rejects(client.createPayout({ ...somePayout(), amount }), RangeError)
})

test('the balance is what came in, less what was kept and sent', async () => {
  const client = connect()
  const before = await client.balance()
  simulator.settings = { ...simulator.settings, fee: { perMille: 0, fixed: 1000 } }
  simulator.pay((await client.createInvoice(someInvoice())).id)
  await client.createPayout({ ...somePayout(), amount: wholeMoney('IDR', 20_000) })
  assert.equal((await client.balance()) - before, wholeMoney('IDR', 29_000))
})

/** A gateway that says the same to everything. */
async function saying(t: TestContext, status: number, body: object) {
  const server = createServer((_, reply) =>
    reply.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  const address = server.address()
  assert.ok(typeof address === 'object' && address)
  return connect({ baseUrl: `http://127.0.0.1:${address.port}` })
}

test('what a refusal says is quoted without account and phone numbers', async (t) => {
  const message = 'Account 1234567890 of 0812-3456 789 is closed, code 404'
  const client = await saying(t, 400, { error_code: 'INVALID_DESTINATION', message })
  await assert.rejects(client.createPayout(somePayout()), {
    message: 'create payout: HTTP 400: Account … of … is closed, code 404',
  })
})

test('an answer about something else is not believed', async (t) => {
  const { raw } = await connect().createInvoice(someInvoice())
  const client = await saying(t, 200, raw)
  assert.equal(await kindOf(client.createInvoice(someInvoice())), 'unknown')
  assert.equal(await kindOf(client.invoice('someone-elses')), 'no_answer')
})

test('a callback counts only with the configured token, and is read only in its shape', () => {
  assert.equal(verifyXenditCallback('token', 'token'), true)
  for (const header of ['Token', '', undefined, ['token']])
    assert.equal(verifyXenditCallback(header, 'token'), false)
  for (const none of [undefined, '']) assert.equal(verifyXenditCallback('', none), false)
  const invoice = Buffer.from(JSON.stringify({ id: 'a', external_id: 'INV-1', status: 'PAID', more: 1 }))
  assert.deepEqual(parseInvoiceCallback(invoice), { id: 'a', externalId: 'INV-1', status: 'PAID' })
  assert.equal(parsePayoutCallback(invoice), undefined)
  for (const text of ['', '{', '[]', '{"id":1}', '{"id":"a\\u0000","external_id":"b","status":"PAID"}'])
    assert.equal(parseInvoiceCallback(Buffer.from(text)), undefined)
  assert.equal(callbackId('evt-1', invoice), 'evt-1')
  assert.equal(callbackId(undefined, invoice), callbackId('', invoice))
  assert.notEqual(callbackId(undefined, invoice), callbackId(undefined, Buffer.from('{}')))
})
