/** Who waits for a row that everybody wants holds all that follows it: nobody waits for them in a circle (docs/userstate.md). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../../../../test/until.ts'
import type { Person } from '../../../../test/userstate.ts'
import { openWalletWithGateway } from '../../../../test/userstate-gateway.ts'
import { systemCaller } from '../../../kernel/caller.ts'
import { newId } from '../../../kernel/ids.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'

const wallet = await openWalletWithGateway()
const { owner } = wallet
const shop = await wallet.service('onmarket', ['payments:charge', 'payments:settle'])

const pay = (as: Person, amount: string, body: object) =>
  wallet.post('/payments', { as, key: newId(), body: { payee: 'onmarket', amount, ...body } })
const settle = (what: 'release' | 'refund', id: string) =>
  wallet.post(`/payments/${id}/${what}`, { headers: shop, key: newId(), body: { reason: 'as agreed' } })

test('whoever waits for a number holds all the points that follow, the referrer’s too', async () => {
  const [budi, siti] = [await wallet.person({ balance: 50_000 }), await wallet.person()]
  const { body: me } = await wallet.get('/referrals/me', { as: siti })
  await wallet.post('/referrals', { as: budi, body: { referral_code: me.code } })
  await owner.run(sql`insert into voucher (code, kind, value) values ('HEMAT', 'DISCOUNT_FIXED', 10000)`)
  const isLocked = async (username: string) => {
    const look = (rows: ReturnType<typeof sql>) =>
      owner.many(rows).then(
        () => false,
        () => true,
      )
    return [
      await look(sql`select from ledger.account where name = ${`points:${username}`} for update nowait`),
      await look(sql`select from user_balance where username = ${username} for update nowait`),
    ]
  }
  /** `work` has come as far as it can without these rows. */
  const without = async <T>(
    rows: ReturnType<typeof sql>,
    work: () => Promise<T>,
    then: () => Promise<void>,
  ): Promise<T> => {
    let done: Promise<T> | undefined
    await inTransaction(owner, systemCaller, async (tx) => {
      await tx.many(rows)
      const { pid } = await tx.one<{ pid: number }>(sql`select pg_backend_pid() as pid`)
      done = work()
      await until(async () => {
        const { waits } = await owner.one<{ waits: boolean }>(sql`
          select exists (select from pg_stat_activity a where ${pid} = any (pg_blocking_pids(a.pid))) as waits`)
        return waits
      })
      await then()
    })
    assert.ok(done)
    return await done
  }
  const number = sql`select from counter where type = 'INVOICE' for update`
  const payee = sql`select from ledger.account where name = 'payee:onmarket' for no key update`
  const held = [true, true]
  const paid = await without(
    number,
    () => pay(budi, '50000', { voucher_code: 'HEMAT', capture: 'automatic' }),
    async () =>
      assert.deepEqual([await isLocked(budi.username), await isLocked(siti.username)], [held, held]),
  )
  assert.equal(paid.body.status, 'PAID')
  assert.deepEqual(await isLocked(siti.username), [false, false])
  const refunded = await without(
    number,
    () => settle('refund', paid.body.id),
    async () =>
      assert.deepEqual(
        [await isLocked(budi.username), await isLocked(siti.username)],
        [held, [false, false]],
      ),
  )
  assert.equal(refunded.status, 201)
  // Her own payment takes her balance before the payee's account, as his did with both, and both before the number.
  const hers = await wallet.person({ balance: 10_000 })
  const asked = (capture: string) => pay(hers, '1000', { capture })
  const taken = await without(
    payee,
    () => asked('automatic'),
    async () => assert.deepEqual(await isLocked(hers.username), [true, true]),
  )
  assert.equal(taken.body.status, 'PAID')
  const numbered = await without(
    number,
    () => asked('automatic'),
    async () => await assert.rejects(owner.many(sql`${payee} nowait`)),
  )
  assert.equal(numbered.body.status, 'PAID')
  // What is held, and freed again, leaves the payee's account to those who take.
  await inTransaction(owner, systemCaller, async (tx) => {
    await tx.many(payee)
    const { body: manual } = await asked('manual')
    assert.equal(manual.status, 'PENDING')
    assert.equal((await settle('release', manual.id)).body.status, 'CANCELLED')
  })
})
