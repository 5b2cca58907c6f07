/** Money out: to bank accounts, with a gateway whose answers get lost. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { before, beforeEach, test } from 'node:test'
import { schedulesAreDue } from '../../../../test/schedules.ts'
import { until } from '../../../../test/until.ts'
import { openWalletWithGateway } from '../../../../test/userstate-gateway.ts'
import { systemCaller } from '../../../kernel/caller.ts'
import { newId } from '../../../kernel/ids.ts'
import { advanceClock } from '../../../platform/jobs/drain.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { requestPayout } from './request-payout.ts'

const wallet = await openWalletWithGateway()
const { xendit, owner, store } = wallet

type Who = Awaited<ReturnType<typeof wallet.person>>

const set = async (key: 'payout.fee' | 'payout.otp_required', value: number | boolean) => {
  await owner.run(sql`
    insert into app_setting (key, value) values (${key}, ${JSON.stringify(value)}::jsonb)
    on conflict (key) do update set value = excluded.value`)
  await until(() => store.settings.get(key) === value)
}

before(() => set('payout.otp_required', false))
beforeEach(() => xendit.behave())

const addAccount = (as: Who, accountNumber: string, channel = 1) =>
  wallet.post('/bank-accounts', {
    as,
    body: { channel, account_number: accountNumber, account_holder_name: 'Budi Santoso' },
  })
const withdraw = (as: Who, accountId: number, amount: number, key: string = newId()) =>
  wallet.post('/payouts', { as, key, body: { bank_account_id: accountId, amount: String(amount) } })

/** Somebody with a wallet and a bank account whose last digits set the payout's course. */
const withAccount = async (balance: number, ending = '001') => {
  const who = await wallet.person({ balance })
  const { body } = await addAccount(who, `1234567${ending}`)
  return { who, account: body.id }
}
const funds = async ({ username }: Who) => {
  const row = await owner.one<{ balance: number; held: number }>(sql`
    select balance, in_transaction as held from user_balance where username = ${username}`)
  return [row.balance, row.held]
}
const payoutRow = (id: string) =>
  owner.one<{ status: string; reference: string; xenditId: string | null; attempts: number }>(sql`
    select status, reference_id as reference, xendit_payout_id as "xenditId", attempts from payout where id = ${id}`)
const becomes = (id: string, status: string) => until(async () => (await payoutRow(id)).status === status)
/** Arrived at the gateway; there it goes to the end of its course. */
const finish = async (id: string) => {
  await until(async () => (await payoutRow(id)).xenditId !== null)
  const { xenditId } = await payoutRow(id)
  assert.ok(xenditId)
  xendit.payouts.finish(xenditId)
  return xenditId
}
const logged = (xenditId: string, status: string) =>
  until(async () => {
    const { n } = await owner.one<{ n: number }>(sql`
      select count(*)::int4 as n from xendit_payout_logs
      where doc ->> 'id' = ${xenditId} and doc ->> 'status' = ${status}`)
    return n === 1
  })

test('check 43: an account number is readable neither in the table nor in the audit; the API shows four digits', async () => {
  const budi = await wallet.person()
  const made = await addAccount(budi, '9988776655')
  assert.deepEqual([made.status, made.body.account_last4], [201, '6655'])
  const { text } = await owner.one<{ text: string }>(sql`
    select (select string_agg(a::text || encode(a.account_number_enc, 'escape'), ' ') from bank_account a)
      || (select string_agg(o::text, ' ') from audit.outbox o) as text`)
  assert.ok(!text.includes('9988776655'))
  const again = await addAccount(budi, '9988776655')
  assert.deepEqual([again.status, again.body.code], [409, 'bank_account_exists'])
  assert.equal((await addAccount(await wallet.person(), '9988776655')).status, 201)
  assert.equal((await addAccount(budi, '12345')).status, 400)
  assert.equal((await addAccount(budi, '9988776656', 99)).body.code, 'bank_channel_inactive')
  for (let i = 1; i < 10; i++) assert.equal((await addAccount(budi, `100000000${i}`)).status, 201)
  assert.equal((await addAccount(budi, '1000000010')).body.code, 'bank_account_limit')
  const remove = () => wallet.call('DELETE', `/bank-accounts/${made.body.id}`, { as: budi })
  assert.equal((await remove()).status, 204)
  assert.equal((await remove()).status, 404)
  assert.equal((await addAccount(budi, '9988776655')).status, 201)
  const { body } = await wallet.get('/bank-channels?q=mandiri', { as: budi })
  assert.deepEqual(
    body.items.map(({ code }: { code: string }) => code),
    ['MANDIRI'],
  )
})

test('check 44: a good account takes the money, 404 frees it, 777 brings it back under a row of its own', async () => {
  await set('payout.fee', 2_500)
  const good = await withAccount(100_000)
  const { body: sent } = await withdraw(good.who, good.account, 50_000)
  assert.deepEqual([sent.status, sent.amount, sent.fee], ['QUEUED', '50000', '2500'])
  assert.deepEqual(await funds(good.who), [100_000, 52_500])
  const inUse = await wallet.call('DELETE', `/bank-accounts/${good.account}`, { as: good.who })
  assert.equal(inUse.body.code, 'bank_account_in_use')
  const xenditId = await finish(sent.id)
  await becomes(sent.id, 'SUCCEEDED')
  assert.deepEqual(await funds(good.who), [47_500, 0])
  await logged(xenditId, 'COMPLETED')
  const { body: page } = await wallet.get('/transactions', { as: good.who })
  assert.deepEqual(
    page.items.map((each: { amount: string; amount_2: string; status: string; balance_after: string }) => [
      each.amount,
      each.amount_2,
      each.status,
      each.balance_after,
    ]),
    [['52500', '50000', 'PAID', '47500']],
  )
  const bad = await withAccount(100_000, '404')
  const { body: failing } = await withdraw(bad.who, bad.account, 50_000)
  await finish(failing.id)
  await becomes(failing.id, 'FAILED')
  assert.deepEqual(await funds(bad.who), [100_000, 0])
  const { body: failed } = await wallet.get(`/payouts/${failing.id}`, { as: bad.who })
  assert.equal(failed.failure_code, 'INVALID_DESTINATION')
  const back = await withAccount(100_000, '777')
  const { body: reversed } = await withdraw(back.who, back.account, 50_000)
  await finish(reversed.id)
  await becomes(reversed.id, 'REVERSED')
  await wallet.callbacksDone()
  assert.deepEqual(await funds(back.who), [100_000, 0])
  const { body: rows } = await wallet.get('/transactions?type=REFUND', { as: back.who })
  assert.deepEqual(
    rows.items.map((each: { src: string; amount: string }) => [each.src, each.amount]),
    [['REVERSAL', '52500']],
  )
  await set('payout.fee', 0)
})

test('REVERSED before SUCCEEDED, and every callback twice and turned round: the money is back once', async () => {
  const { who, account } = await withAccount(100_000, '777')
  xendit.webhooks.script = { ...xendit.webhooks.script, hold: true, copies: 2 }
  const { body } = await withdraw(who, account, 60_000)
  await finish(body.id)
  await xendit.webhooks.release('reversed')
  await becomes(body.id, 'REVERSED')
  await wallet.callbacksDone()
  assert.deepEqual(await funds(who), [100_000, 0])
  const refunds = await owner.many(sql`
    select from user_transaction where username = ${who.username} and type = 'REFUND'`)
  assert.equal(refunds.length, 1)
})

test('a callback that knows more than the gateway says yet is not used up: the money comes back later', async () => {
  const { who, account } = await withAccount(100_000)
  const { body } = await withdraw(who, account, 60_000)
  const xenditId = await finish(body.id)
  await becomes(body.id, 'SUCCEEDED')
  await wallet.callbacksDone()
  xendit.sendWebhook(xenditId, {}, { status: 'REVERSED' })
  await wallet.callbacksDone()
  assert.deepEqual([await wallet.lastCallback(), ...(await funds(who))], ['received', 40_000, 0])
  xendit.webhooks.script = { ...xendit.webhooks.script, drop: true }
  xendit.payouts.become(xenditId, { status: 'REVERSED' })
  await wallet.advance({ seconds: 6 })
  await becomes(body.id, 'REVERSED')
  await wallet.drain()
  assert.deepEqual([await wallet.lastCallback(), ...(await funds(who))], ['processed', 100_000, 0])
})

test('check 45: a lost answer is looked up or sent again under its key: one payout, and nothing freed meanwhile', async () => {
  for (const fault of ['timeout_after_effect', 'outage', 'server_error', 'malformed'] as const) {
    const { who, account } = await withAccount(100_000)
    xendit.faults.arm({ kind: fault, endpoint: 'create_payout', times: 1 })
    const { body } = await withdraw(who, account, 70_000)
    // Only a gateway that hangs needs its eight seconds.
    await until(async () => xendit.faults.armed.length === 0 && (await payoutRow(body.id)).attempts > 0)
    assert.deepEqual(await funds(who), [100_000, 70_000], fault)
    const { reference } = await payoutRow(body.id)
    await until(async () => {
      await wallet.advance({ seconds: 6 })
      return (await payoutRow(body.id)).xenditId !== null
    })
    assert.equal(xendit.payouts.of(reference).length, 1, fault)
    await finish(body.id)
    await becomes(body.id, 'SUCCEEDED')
    assert.deepEqual(await funds(who), [30_000, 0], fault)
  }
})

test('check 45: the worker killed in the middle of the call: one payout, and nothing freed meanwhile', async () => {
  for (const fault of ['timeout', 'timeout_after_effect'] as const) {
    const { who, account } = await withAccount(100_000)
    // Without its job: the process that is killed does the work.
    const id = await inTransaction(store.db, systemCaller, async (tx) => {
      const { made } = await tx.one<{ made: bigint }>(
        sql`select request_payout(${who.username}, ${account}, 70000, null) as made`,
      )
      return String(made)
    })
    xendit.faults.arm({ kind: fault, endpoint: 'create_payout', times: 1 })
    const fixture = join(import.meta.dirname, '../gateway/killed.fixture.ts')
    const child = spawn(process.execPath, [fixture, 'payout', id], {
      env: { ...process.env, ...wallet.childEnvironment },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    await until(() => xendit.faults.armed.length === 0)
    child.kill('SIGKILL')
    await once(child, 'exit')
    assert.deepEqual(await funds(who), [100_000, 70_000], fault)
    // The poll finds that it has no job any more.
    await until(async () => {
      await wallet.advance({ minutes: 11 })
      return (await payoutRow(id)).xenditId !== null
    })
    const { reference } = await payoutRow(id)
    assert.equal(xendit.payouts.of(reference).length, 1, fault)
    await finish(id)
    await becomes(id, 'SUCCEEDED')
    assert.deepEqual(await funds(who), [30_000, 0], fault)
  }
})

test('after a lost answer a no to the question whether the gateway has it frees nothing: one payout, paid once', async () => {
  const { who, account } = await withAccount(100_000)
  xendit.faults.arm({ kind: 'timeout_after_effect', endpoint: 'create_payout', times: 1 })
  // A callback would say what the lost answer did not.
  xendit.webhooks.script = { ...xendit.webhooks.script, drop: true }
  const { body } = await withdraw(who, account, 70_000)
  await until(async () => (await payoutRow(body.id)).attempts === 1)
  await wallet.drain()
  // The next try asks first. Ten minutes are not over: no poll asks in its place.
  xendit.faults.arm({ kind: 'rejected', endpoint: 'get_payout', times: 1 })
  await wallet.advance({ seconds: 6 })
  assert.deepEqual(xendit.faults.armed, [])
  assert.deepEqual(await funds(who), [100_000, 70_000])
  xendit.behave()
  await wallet.advance({ seconds: 11 })
  const { reference } = await payoutRow(body.id)
  assert.equal(xendit.payouts.of(reference).length, 1)
  await finish(body.id)
  await becomes(body.id, 'SUCCEEDED')
  assert.deepEqual(await funds(who), [30_000, 0])
})

test('a no to a second try frees nothing while the first may still arrive; minutes later it does', async () => {
  const lostThenRefused = async () => {
    const { who, account } = await withAccount(100_000)
    xendit.faults.arm({ kind: 'outage', endpoint: 'create_payout', times: 1 })
    const { body } = await withdraw(who, account, 70_000)
    await until(async () => (await payoutRow(body.id)).attempts === 1)
    await wallet.drain()
    xendit.faults.arm({ kind: 'rejected', endpoint: 'create_payout', times: 1 })
    await wallet.advance({ seconds: 6 })
    await wallet.drain()
    assert.deepEqual(xendit.faults.armed, [])
    const row = await payoutRow(body.id)
    assert.deepEqual([row.status, row.attempts, ...(await funds(who))], ['QUEUED', 2, 100_000, 70_000])
    return { who, id: body.id, reference: row.reference }
  }
  const late = await lostThenRefused()
  xendit.payouts.create(late.reference, 'the first try', {
    referenceId: late.reference,
    channelCode: 'ID_BCA',
    accountNumber: '1234567001',
    accountHolderName: 'Budi Santoso',
    amount: 70_000,
    currency: 'IDR',
    description: 'late',
  })
  await wallet.advance({ minutes: 6 })
  await finish(late.id)
  await becomes(late.id, 'SUCCEEDED')
  assert.deepEqual(await funds(late.who), [30_000, 0])
  const never = await lostThenRefused()
  xendit.faults.arm({ kind: 'rejected', endpoint: 'create_payout', times: 1 })
  await wallet.advance({ minutes: 6 })
  await becomes(never.id, 'FAILED')
  assert.deepEqual(await funds(never.who), [100_000, 0])
})

test('finance’s retry and the poll put no second try beside one that is under way', async () => {
  const { who, account } = await withAccount(100_000)
  xendit.faults.arm({ kind: 'outage', endpoint: 'create_payout', times: 1 })
  const { body } = await withdraw(who, account, 70_000)
  await until(async () => (await payoutRow(body.id)).attempts === 1)
  await wallet.drain()
  const key = `payout:${body.id}`
  // Another process has taken the second try, its job's last, and hangs.
  await owner.run(sql`
    update graphile_worker._private_jobs set locked_at = now(), locked_by = 'elsewhere', attempts = max_attempts
    where key = ${key}`)
  const finance = await wallet.person({ roles: ['finance'] })
  const retry = () => wallet.post(`/admin/payouts/${body.id}/retry`, { as: finance, key: newId() })
  assert.equal((await retry()).status, 202)
  await advanceClock(store.db, wallet.clock, { minutes: 11 })
  // All is done but that one.
  await until(async () => {
    const { busy } = await owner.one<{ busy: boolean }>(sql`
      select exists (select from graphile_worker._private_jobs
        where key is distinct from ${key} and (locked_at is not null or run_at <= now() and attempts < max_attempts)) as busy`)
    return !busy && !(await schedulesAreDue(store.db, wallet.clock.now()))
  })
  assert.equal((await payoutRow(body.id)).attempts, 1)
  await owner.run(sql`
    update graphile_worker._private_jobs set locked_at = null, locked_by = null, attempts = 1,
      run_at = now() + interval '1 hour'
    where key = ${key}`)
  // Signed in before the clock went on.
  const again = await wallet.signIn(finance)
  assert.equal(
    (await wallet.post(`/admin/payouts/${body.id}/retry`, { as: again, key: newId() })).status,
    202,
  )
  await finish(body.id)
  await becomes(body.id, 'SUCCEEDED')
  assert.deepEqual(await funds(who), [30_000, 0])
})

test('a definite no frees the money at once; a word that nobody knows changes nothing', async () => {
  const { who, account } = await withAccount(100_000)
  xendit.faults.arm({ kind: 'rejected', endpoint: 'create_payout', times: 1 })
  const { body: refused } = await withdraw(who, account, 20_000)
  await becomes(refused.id, 'FAILED')
  assert.deepEqual(await funds(who), [100_000, 0])
  const { body: odd } = await withdraw(who, account, 20_000)
  await becomes(odd.id, 'ACCEPTED')
  const { xenditId } = await payoutRow(odd.id)
  assert.ok(xenditId)
  xendit.payouts.become(xenditId, { status: 'ON_THE_MOON' })
  xendit.sendWebhook(xenditId)
  await wallet.callbacksDone()
  assert.equal((await payoutRow(odd.id)).status, 'ACCEPTED')
  assert.deepEqual(await funds(who), [100_000, 20_000])
})

test('check 46: two payouts above the available sum: one fails; without a code 403; what left cannot be cancelled', async () => {
  const { who, account } = await withAccount(100_000)
  const [one, two] = await Promise.all([withdraw(who, account, 60_000), withdraw(who, account, 60_000)])
  assert.deepEqual([one.status, two.status].toSorted(), [201, 422])
  assert.equal([one, two].find(({ status }) => status === 422)?.body.code, 'insufficient_funds')
  const { id } = [one, two].find(({ status }) => status === 201)?.body ?? {}
  const cancel = (payout: string, as = who) => wallet.post(`/payouts/${payout}/cancel`, { as, key: newId() })
  await until(async () => (await payoutRow(id)).xenditId !== null)
  const { xenditId } = await payoutRow(id)
  assert.ok(xenditId)
  xendit.payouts.become(xenditId, { status: 'REQUESTED' })
  const late = await cancel(id)
  assert.deepEqual([late.status, late.body.code], [409, 'payout_not_cancellable'])
  assert.equal((await payoutRow(id)).status, 'PENDING')
  const stays = await withAccount(100_000, '409')
  const { body: accepted } = await withdraw(stays.who, stays.account, 10_000)
  await becomes(accepted.id, 'ACCEPTED')
  assert.equal((await cancel(accepted.id, who)).status, 404)
  assert.equal((await cancel(accepted.id, stays.who)).body.status, 'CANCELLED')
  assert.equal((await cancel(accepted.id, stays.who)).body.status, 'CANCELLED')
  assert.deepEqual(await funds(stays.who), [100_000, 0])
  await set('payout.otp_required', true)
  const uncoded = await withdraw(who, account, 10_000)
  assert.deepEqual([uncoded.status, uncoded.body.code], [403, 'otp_required'])
  const guess = { bank_account_id: account, amount: '10000', otp: '123456' }
  const guessed = await wallet.post('/payouts', { as: who, key: newId(), body: guess })
  assert.deepEqual([guessed.status, guessed.body.code], [400, 'otp_invalid'])
  const coded = (as: Who, accountId: number, otp: string, key: string) =>
    wallet.post('/payouts', { as, key, body: { bank_account_id: accountId, amount: '10000', otp } })
  const confirmed = await withAccount(100_000)
  const asked = await wallet.post('/otp', { as: confirmed.who, body: { purpose: 'PAYOUT' } })
  assert.equal(asked.status, 202)
  const code = await wallet.codeFor(`${confirmed.who.username}@example.com`)
  const keys = [newId(), newId(), newId()]
  const crowd = await Promise.all(keys.map((key) => coded(confirmed.who, confirmed.account, code, key)))
  assert.equal(crowd.filter(({ status }) => status === 201).length, 1)
  const used = keys[crowd.findIndex(({ status }) => status === 201)] ?? ''
  const [first] = crowd.filter(({ status }) => status === 201)
  const again = await coded(confirmed.who, confirmed.account, code, used)
  assert.deepEqual([again.status, again.body.id], [201, first?.body.id])
  await set('payout.otp_required', false)
})

test('another payout under our number, of before a restore, is not ours: all stays held, and people are told', async (t) => {
  const tell = t.mock.method(store.log, 'error')
  const same = { channelCode: 'ID_BCA', accountNumber: '1234567001', amount: 70_000 }
  for (const other of [{ amount: 60_000 }, { channelCode: 'ID_BNI' }, { accountNumber: '7654321999' }]) {
    const { who, account } = await withAccount(100_000)
    xendit.faults.arm({ kind: 'outage', endpoint: 'create_payout', times: 1 })
    const { body } = await withdraw(who, account, 70_000)
    await until(async () => (await payoutRow(body.id)).attempts === 1)
    await wallet.drain()
    const { reference } = await payoutRow(body.id)
    const names = {
      referenceId: reference,
      accountHolderName: 'Siti',
      currency: 'IDR',
      description: 'before',
    }
    xendit.webhooks.script = { ...xendit.webhooks.script, drop: true }
    xendit.payouts.finish(xendit.payouts.create(reference, 'before', { ...same, ...other, ...names }).id)
    tell.mock.resetCalls()
    // The next try, then the poll.
    for (const time of [{ seconds: 6 }, { minutes: 11 }]) {
      await wallet.advance(time)
      await wallet.drain()
      const { status, xenditId } = await payoutRow(body.id)
      assert.deepEqual([status, xenditId, ...(await funds(who))], ['QUEUED', null, 100_000, 70_000])
    }
    assert.ok(tell.mock.callCount() >= 2)
    // What docs/operations.md has people do.
    await owner.run(sql`select move_payout(${body.id}, 'FAILED', null, 'NUMBER_TAKEN')`)
    assert.deepEqual(await funds(who), [100_000, 0])
    xendit.behave()
  }
})

test('asked for again while the first request has used the code and not committed: never refused, one payout', async () => {
  await set('payout.otp_required', true)
  // Also where the first request's try was the last one that the code allows.
  for (const tries of [0, store.settings.get('otp.max_attempts') - 1]) {
    const { who, account } = await withAccount(100_000)
    await wallet.post('/otp', { as: who, body: { purpose: 'PAYOUT' } })
    const otp = await wallet.codeFor(`${who.username}@example.com`)
    await owner.run(sql`update otp_tracker set attempts = ${tries} where username = ${who.username}`)
    const key = newId()
    const ask = () =>
      wallet.post('/payouts', { as: who, key, body: { bank_account_id: account, amount: '60000', otp } })
    // Whoever makes a payout needs the wallet's row: the first one waits in the middle.
    const asked = await inTransaction(owner, systemCaller, async (tx) => {
      await tx.run(sql`select from user_balance where username = ${who.username} for update`)
      const first = ask()
      await wallet.locksAwaited(1)
      const second = ask()
      await Promise.race([second, wallet.locksAwaited(2)])
      return { first, second }
    })
    const [first, second, third] = [await asked.first, await asked.second, await ask()]
    assert.deepEqual([first.status, third.status, third.body.id], [201, 201, first.body.id])
    assert.deepEqual([second.status, second.body.code], [409, 'idempotency_in_progress'])
    assert.deepEqual(await funds(who), [100_000, 60_000])
  }
  await set('payout.otp_required', false)
})

test('wrong codes of a payout count however many are tried at once; after the last one the right code is locked', async () => {
  await set('payout.otp_required', true)
  const { who, account } = await withAccount(100_000)
  await wallet.post('/otp', { as: who, body: { purpose: 'PAYOUT' } })
  const right = await wallet.codeFor(`${who.username}@example.com`)
  const wrong = right === '000000' ? '000001' : '000000'
  const ask = (otp: string, amount = '10000') =>
    wallet.post('/payouts', { as: who, key: newId(), body: { bank_account_id: account, amount, otp } })
  // The right code with a payout that is refused is not used.
  assert.equal((await ask(right, '90000000')).status, 422)
  const most = store.settings.get('otp.max_attempts')
  const answers = await Promise.all(Array.from({ length: most + 3 }, () => ask(wrong)))
  const codes = answers.map(({ body }) => body.code).toSorted()
  assert.deepEqual(codes, [...Array(most).fill('otp_invalid'), ...Array(3).fill('otp_locked')])
  assert.equal((await ask(right)).body.code, 'otp_locked')
  assert.deepEqual(await funds(who), [100_000, 0])
  await set('payout.otp_required', false)
})

test('queued and not sent it is cancelled here; being sent it is not', async () => {
  const { who, account } = await withAccount(100_000)
  const request = () =>
    inTransaction(store.db, systemCaller, (tx) =>
      tx.one<{ id: bigint }>(sql`select request_payout(${who.username}, ${account}, 10000, null) as id`),
    )
  const cancel = (id: bigint) => wallet.post(`/payouts/${id}/cancel`, { as: who, key: newId() })
  const { id: queued } = await request()
  assert.equal((await cancel(queued)).body.status, 'CANCELLED')
  const { id: sending } = await request()
  await inTransaction(store.db, systemCaller, (tx) => tx.one(sql`select claim_payout(${sending})`))
  assert.equal((await cancel(sending)).body.code, 'payout_not_cancellable')
  assert.deepEqual(await funds(who), [100_000, 10_000])
})

test('cancelled while the gateway accepts it: cancelled there as well', async () => {
  const { who, account } = await withAccount(100_000, '409')
  const { id, reference } = await inTransaction(store.db, systemCaller, (tx) =>
    tx.one<{ id: bigint; reference: string }>(sql`
      select p.id, p.reference_id as reference from request_payout(${who.username}, ${account}, 10000, null) as made
      join lateral lock_payout(made) p on true`),
  )
  const { id: accepted } = xendit.payouts.create(reference, 'sent', {
    referenceId: reference,
    channelCode: 'ID_BCA',
    accountNumber: '1234567409',
    accountHolderName: 'Budi Santoso',
    amount: 10_000,
    currency: 'IDR',
    description: 'sent',
  })
  const cancelling = await inTransaction(owner, systemCaller, async (tx) => {
    await tx.run(sql`select move_payout(${id}, 'ACCEPTED', ${accepted}, null)`)
    const answer = wallet.post(`/payouts/${id}/cancel`, { as: who, key: newId() })
    await wallet.locksAwaited(1)
    return { answer }
  })
  const { body } = await cancelling.answer
  assert.deepEqual([body.status, xendit.payouts.get(accepted).status], ['CANCELLED', 'CANCELLED'])
  assert.deepEqual(await funds(who), [100_000, 0])
})

test('twenty payouts at once from a wallet that covers five: five, and one key is one payout', async () => {
  const { who, account } = await withAccount(50_000)
  const key = newId()
  const ask = (idempotencyKey: string) =>
    requestPayout(store, systemCaller, {
      username: who.username,
      bankAccountId: account,
      amount: 10_000,
      platform: null,
      otp: undefined,
      idempotencyKey,
    })
  const first = await ask(key)
  const answers = await Promise.allSettled(Array.from({ length: 20 }, () => ask(newId())))
  assert.equal(answers.filter(({ status }) => status === 'fulfilled').length, 4)
  assert.equal((await ask(key)).id, first.id)
  await assert.rejects(withdrawAsOther(account), { code: 'bank_account_unusable' })
})

const withdrawAsOther = async (account: number) => {
  const other = await wallet.person({ balance: 50_000 })
  await inTransaction(store.db, systemCaller, (tx) =>
    tx.one(sql`select request_payout(${other.username}, ${account}, 10000, null)`),
  )
}

test('limits of a payout: its size, the day, a confirmed address; finance sees them all', async () => {
  const { who, account } = await withAccount(100_000_000)
  const cases: [number, string][] = [
    [9_999, 'amount_out_of_range'],
    [20_000_001, 'amount_out_of_range'],
  ]
  for (const [amount, code] of cases) assert.equal((await withdraw(who, account, amount)).body.code, code)
  for (let i = 0; i < 2; i++) assert.equal((await withdraw(who, account, 20_000_000)).status, 201)
  assert.equal((await withdraw(who, account, 10_000_001)).body.code, 'payout_daily_limit')
  const unconfirmed = await withAccount(50_000)
  await owner.run(sql`
    update user_info set email_verified_at = null where username = ${unconfirmed.who.username}`)
  const refused = await withdraw(unconfirmed.who, unconfirmed.account, 10_000)
  assert.deepEqual([refused.status, refused.body.code], [403, 'email_not_verified'])
  const finance = await wallet.person({ roles: ['finance'] })
  const { body } = await wallet.get('/admin/payouts?limit=1', { as: finance })
  assert.equal(body.items[0].username, who.username)
  assert.equal((await wallet.get('/admin/payouts', { as: who })).status, 403)
  const { body: own } = await wallet.get('/payouts?limit=1', { as: who })
  const next = await wallet.get(`/payouts?limit=1&cursor=${own.next_cursor}`, { as: who })
  assert.notEqual(next.body.items[0].id, own.items[0].id)
})
