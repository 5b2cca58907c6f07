/** The shop of the run: its products, vouchers and people, and when it is at rest. */
import { sql } from '../../../src/postgres/sql.ts'
import { type Business, isAtWork, type Opening, storiesOf } from '../business.ts'
import { Client } from '../client.ts'
import { ADMIN, type Stage } from '../stage.ts'
import type { Cast } from './cast.ts'
import { compare } from './compare.ts'
import { shopDesk } from './desk.ts'
import { Model } from './model.ts'
import { load } from './stories/goods.ts'
import { STORIES } from './stories/index.ts'

const PEOPLE = 24
const SAVERS = 3
const VOUCHERS = 60
const PRICES = [10_000, 25_000, 7_805, 99_000]

export async function openShop({ stage, tally, violated, paths, names }: Opening): Promise<Business> {
  const model = new Model(violated)
  const cast = await prepare(stage, model, new Client(shopDesk(stage), tally, violated))
  return {
    stories: storiesOf(STORIES, cast, (path) => paths.has(`/quickcart/v1${path}`), names),
    get db() {
      return stage.db
    },
    async release() {
      await Promise.all(cast.background)
      await stage.pakasir.webhooks.release('reversed')
    },
    async isBusy() {
      await stage.pakasir.webhooks.settled()
      const now = stage.clock.now()
      const { sending } = await stage.db.one<{ sending: boolean }>(sql`
        select exists (select from telegram_outbox where status = 'sending'
          or (status = 'queued' and next_attempt_at <= ${now})) as sending`)
      return sending || (await isAtWork(stage.db, now))
    },
    compare: () => compare(stage, model),
    summary() {
      const paid = [...model.orders.values()].filter(({ paidTold }) => paidTold).length
      return `orders ${model.orders.size}, ${paid} seen paid; deposits ${model.deposits.size}`
    },
  }
}

/** Products, vouchers, and people with money. */
async function prepare(stage: Stage, model: Model, client: Cast['client']): Promise<Cast> {
  const { db } = stage
  const people = Array.from({ length: PEOPLE }, (_, i) => 600_000_001 + i)
  stage.telegram.addUser({ id: ADMIN, first_name: 'Admin' })
  // Nobody reads the administrator's chat here, and a thousand notices at one a second would be waited for.
  stage.telegram.blockBot(ADMIN)
  for (const id of people) {
    stage.telegram.addUser({ id, first_name: `Orang ${id % 100}` })
    await client.ask(id, '/me')
    await db.run(sql`
      select post_transfers(${`adj:torture-${id}`}, array['adjustments'], array[${`user.${id}`}], array[400000::numeric])`)
    model.opening.set(id, 400_000)
  }
  const savers = Array.from({ length: SAVERS }, (_, i) => 600_000_901 + i)
  for (const id of savers) {
    stage.telegram.addUser({ id, first_name: `Penabung ${id % 100}` })
    await client.ask(id, '/me')
    model.opening.set(id, 0)
  }
  for (const [i, price] of PRICES.entries()) {
    await db.run(sql`select create_product(${i + 1}, ${`Produk ${i + 1}`}, null, ${price}, null)`)
    model.prices.set(i + 1, price)
  }
  for (let i = 0; i < VOUCHERS; i++) {
    const [code, amount] = [`TORTUR${String(i).padStart(2, '0')}`, [5_000, 10_000, 40_000][i % 3] ?? 5_000]
    await db.run(sql`
      insert into vouchers (code, amount, created_by, expires_at)
        values (${code}, ${amount}, ${ADMIN}, now() + interval '10 years')`)
    model.vouchers.set(code, amount)
  }
  let last = 0
  const cast: Cast = {
    stage,
    model,
    client,
    people,
    savers,
    products: PRICES.map((_, i) => i + 1),
    background: new Set(),
    taken: new Set(),
    next: () => ++last,
  }
  for (const product of cast.products) await load(cast, product, product === 1 ? 6 : 60)
  return cast
}
