/**
 * What both businesses do on a busy day, in one unit of work: four pages and an order of the shop, a page and a payment
 * of the wallet, held and taken; with every tenth a top-up, whose gateway calls back.
 */
import { addCustomers, addGoods, buys, signIn as signInToShop } from './customers.ts'
import { type BenchHouse, idle, query } from './house.ts'
import { measure } from './load.ts'
import { FIRST_PRODUCT, fillHistory } from './shop-history.ts'
import { addPeople, ask, hire, openService, SERVICE, signIn } from './wallet.ts'

const PRODUCTS = 50
const CUSTOMERS = 1_000
const PAYERS = 1_000
/** Of the payers, who look at the wallet themselves. */
const PEOPLE = 50
const UNITS_PER_TOPUP = 10
/** Access tokens are good for fifteen. */
const TOKEN_MINUTES = 10
/** Where what happens in a database is on permanent record. */
const RECORDS = { db_store1: 'db_audits', userstate: 'userstate_audits' } as const

export interface Mix {
  /** @throws Error where anything of it was not answered with success. */
  one(): Promise<void>
  /** Goods for so many. */
  stock(units: number): Promise<void>
  /** Tokens that last some minutes, where they end soon. */
  renew(): Promise<void>
  /** Resolves when what all of it left behind is done: jobs, and rows for the audit. */
  settled(): Promise<void>
  /** @throws Error where the books do not say what was answered. */
  prove(): Promise<void>
}

export async function openMix(house: BenchHouse): Promise<Mix> {
  const [shop, wallets] = [house.database('db_store1'), house.database('userstate')]
  await fillHistory(shop, { orders: 100_000, users: 20_000, products: PRODUCTS, stock: 100 })
  await addCustomers(house, CUSTOMERS)
  const staff = await hire(house)
  await addPeople(house, PAYERS)
  const service = await openService(house, staff)
  const products = Array.from({ length: PRODUCTS }, (_, i) => FIRST_PRODUCT + i)
  let customers: string[] = []
  const people: string[] = []
  let renewed = Number.NEGATIVE_INFINITY
  let begun = 0
  const done = { orders: 0, payments: 0, topups: 0 }

  async function order(n: number): Promise<void> {
    const token = customers[n % CUSTOMERS] ?? ''
    const product = products[n % PRODUCTS] ?? FIRST_PRODUCT
    for (const path of [`/products/${product}`, '/products?limit=10', '/me', '/me/transactions?limit=10']) {
      const answer = await fetch(`${house.url}/quickcart/v1${path}`, {
        headers: { authorization: `Bearer ${token}` },
      })
      await answer.text()
      if (!answer.ok) throw new Error(`${path} answered ${answer.status}`)
    }
    await buys(house.url, token, product, `mix-${n}`)
    done.orders += 1
  }

  async function payment(n: number): Promise<void> {
    await ask(house, '/transactions?limit=20', { authorization: people[n % PEOPLE] ?? '' })
    const body = { username: `person_${1 + (n % PAYERS)}`, payee: SERVICE, amount: '1000' }
    const asked = { method: 'POST', authorization: service }
    const { id } = await ask(house, '/payments', { ...asked, body, key: `mix-pay-${n}` })
    await ask(house, `/payments/${id}/capture`, { ...asked, key: `mix-take-${n}` })
    done.payments += 1
  }

  async function topUp(n: number): Promise<void> {
    const authorization = people[(n / UNITS_PER_TOPUP) % PEOPLE] ?? ''
    const body = { amount: '10000' }
    const made = await ask(house, '/topups', { method: 'POST', body, authorization, key: `mix-top-${n}` })
    const [invoice] = house.xendit.invoices.of(made.invoice ?? '')
    if (!invoice) throw new Error(`top-up ${made.id} has no invoice`)
    house.xendit.pay(invoice.id)
    done.topups += 1
  }

  return {
    async one() {
      const n = begun++
      await order(n)
      await payment(n)
      if (n % UNITS_PER_TOPUP === 0) await topUp(n)
    },
    async stock(units) {
      await addGoods(shop, products, Math.ceil(units / PRODUCTS) + 1)
    },
    async renew() {
      if (performance.now() - renewed < TOKEN_MINUTES * 60_000) return
      customers = await signInToShop(house.url, CUSTOMERS)
      await measure(PEOPLE, 4, async (n) => {
        people[n] = await signIn(house, `person_${1 + n}`)
      })
      renewed = performance.now()
    },
    async settled() {
      await Promise.all([idle(shop), idle(wallets)])
    },
    async prove() {
      await house.xendit.webhooks.settled()
      await Promise.all([idle(shop), idle(wallets)])
      const [orders] = await query<{ n: number }>(
        shop,
        `select count(*)::int as n from orders where status = 'paid' and payment_method = 'account_balance'`,
      )
      const counted = await query<{ type: string; n: number }>(
        wallets,
        `select type, count(*)::int as n from user_transaction where status = 'PAID' group by type`,
      )
      const paid = new Map(counted.map(({ type, n }) => [type, n]))
      const found = {
        orders: orders?.n ?? 0,
        payments: paid.get('PAYMENT') ?? 0,
        topups: paid.get('TOPUP') ?? 0,
      }
      const problems = [...(await wrongIn(house, 'db_store1')), ...(await wrongIn(house, 'userstate'))]
      if (problems.length > 0 || JSON.stringify(found) !== JSON.stringify(done))
        throw new Error(
          `answered ${JSON.stringify(done)}, found ${JSON.stringify(found)}, ${JSON.stringify(problems)}`,
        )
    },
  }
}

/** What its books, its queue, its inbox and its record have against themselves; empty in health. */
async function wrongIn(house: BenchHouse, name: keyof typeof RECORDS): Promise<object[]> {
  const database = house.database(name)
  const [record] = await query<{ ok: boolean; verdict: object }>(
    house.database(RECORDS[name]),
    `select verdict, (verdict ->> 'ok')::boolean as ok from public.audit_verify() verdict`,
  )
  return [
    ...(await query(database, 'select * from ledger.verify() limit 5')),
    ...(await query(
      database,
      `select task_identifier as "dead job", last_error from graphile_worker.jobs
        where attempts >= max_attempts limit 5`,
    )),
    ...(await query(
      database,
      `select id as event, status, last_error from niaga.inbox where status <> 'processed' limit 5`,
    )),
    ...(record?.ok ? [] : [{ record: RECORDS[name], verdict: record?.verdict }]),
  ]
}
