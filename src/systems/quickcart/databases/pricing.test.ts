import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { testDatabase } from '../../../../test/database.ts'
import { sql } from '../../../postgres/sql.ts'
import { storeDatabase } from '../databases.ts'
import { addProduct, addUser } from './fixtures.ts'

const { db } = await testDatabase(storeDatabase)
const RUNS = { numRuns: 300 }

interface TariffRow {
  readonly up_to: number | null
  readonly per_mille: number
  readonly fixed: number
  readonly rounding: 'floor' | 'half_up' | 'ceil'
}

async function gatewayFee(base: bigint, tariff: readonly TariffRow[]): Promise<string> {
  const { fee } = await db.one<{ fee: string }>(
    sql`select gateway_fee(${base}::numeric, ${sql.json(tariff)}) as fee`,
  )
  return fee
}

const documented: readonly TariffRow[] = [{ up_to: null, per_mille: 7, fixed: 310, rounding: 'floor' }]

test('check 1: fees of the documented tariff', async () => {
  const bases = [30000n, 99000n, 10000n, 12345n, 9999n, 7805n, 0n]
  const fees = await Promise.all(bases.map((base) => gatewayFee(base, documented)))
  assert.deepEqual(fees, ['520.00', '1003.00', '380.00', '396.00', '379.00', '364.00', '0.00'])
})

/** The fee by the words of the specification, in whole thousandths. */
function modelFee(base: bigint, tariff: readonly TariffRow[]): bigint {
  if (base === 0n) return 0n
  const row = tariff.find(({ up_to }) => up_to === null || base <= BigInt(up_to))
  assert.ok(row)
  const thousandths = base * BigInt(row.per_mille)
  const rest = thousandths % 1000n
  const whole = thousandths / 1000n
  const up = row.rounding === 'ceil' ? rest > 0n : row.rounding === 'half_up' && rest >= 500n
  return whole + (up ? 1n : 0n) + BigInt(row.fixed)
}

test('the fee is what the tariff says, to the rupiah, for any tariff and base', async () => {
  const terms = {
    per_mille: fc.nat(50),
    fixed: fc.nat(5000),
    rounding: fc.constantFrom('floor' as const, 'half_up' as const, 'ceil' as const),
  }
  const step = fc.integer({ min: 1, max: 10_000_000 })
  const tariffs = fc
    .tuple(fc.uniqueArray(step, { maxLength: 3 }), fc.array(fc.record(terms), { minLength: 4, maxLength: 4 }))
    .map(([steps, rows]) =>
      [...steps.toSorted((a, b) => a - b), null].map((up_to, i) => ({ ...(rows[i] ?? rows[0]), up_to })),
    )
  await fc.assert(
    fc.asyncProperty(fc.bigInt(0n, 10_000_000n), tariffs, async (base, tariff) => {
      const complete = tariff.filter((row): row is TariffRow => 'per_mille' in row)
      assert.equal(await gatewayFee(base, complete), `${modelFee(base, complete)}.00`)
    }),
    RUNS,
  )
})

interface Price {
  readonly list: bigint
  readonly reseller: bigint | null
  readonly role: string
  readonly kind: 'percent' | 'nominal' | null
  readonly value: bigint
}

/** A price by the words of the specification; all amounts in hundredths of a rupiah. */
function modelPrice({ list, reseller, role, kind, value }: Price): bigint {
  let discounted = list
  if (kind === 'percent') discounted = ((list * (10_000n - value)) / 10_000n / 100n) * 100n
  if (kind === 'nominal') discounted = list > value ? list - value : 0n
  return role !== 'customer' && reseller !== null && reseller < discounted ? reseller : discounted
}

const decimal = (minor: bigint): string => `${minor / 100n}.${String(minor % 100n).padStart(2, '0')}`

test('a price is list less discount, and for resellers never above their own', async () => {
  const amount = fc.bigInt(0n, 1_000_000_000n)
  const prices = fc
    .record({
      list: amount,
      reseller: fc.option(amount),
      role: fc.constantFrom('customer', 'reseller', 'admin'),
      kind: fc.constantFrom('percent' as const, 'nominal' as const, null),
      value: amount,
    })
    .map((price) => (price.kind === 'percent' ? { ...price, value: (price.value % 10_000n) + 1n } : price))
  await fc.assert(
    fc.asyncProperty(prices, async (p) => {
      const { price } = await db.one<{ price: string }>(sql`
        select unit_price(${decimal(p.list)}::numeric, ${p.reseller === null ? null : decimal(p.reseller)}::numeric,
          ${p.role}, ${p.kind}, ${decimal(p.value)}::numeric) as price`)
      assert.equal(price, decimal(modelPrice(p)))
    }),
    RUNS,
  )
})

test("check 39: the product's discount beats its category's, and a reseller pays the lower of both lists", async () => {
  const product = await addProduct(db, { price: '10000' })
  const admin = await addUser(db, { role: 'admin' })
  const priceFor = async (role: string) =>
    (
      await db.one<{ price: string }>(
        sql`select price from product_prices(${role}) where product_id = ${product}`,
      )
    ).price
  await db.run(sql`update products set reseller_price = 8500, category = 'Games' where id = ${product}`)
  assert.deepEqual([await priceFor('customer'), await priceFor('reseller')], ['10000.00', '8500.00'])
  await db.run(sql`
    insert into price_discounts (scope, category, kind, value, created_by)
      values ('category', 'Games', 'percent', 20, ${admin})`)
  assert.deepEqual([await priceFor('customer'), await priceFor('reseller')], ['8000.00', '8000.00'])
  await db.run(sql`
    insert into price_discounts (scope, product_id, kind, value, created_by)
      values ('product', ${product}, 'nominal', 500, ${admin})`)
  assert.deepEqual([await priceFor('customer'), await priceFor('admin')], ['9500.00', '8500.00'])
})
