/**
 * Two hundred people press at the same moment, one item is left: how long until all have their answer, and is it
 * sold once? Balance orders over HTTP, each on a connection of its own.
 *
 *     node bench/quickcart-race.ts [--people 200] [--rounds 5]
 */
import { parseArgs } from 'node:util'
import { addCustomers, addGoods, buy, signIn } from './lib/customers.ts'
import { benchHouse, query } from './lib/house.ts'
import { describeMachine } from './lib/machine.ts'
import { median } from './lib/numbers.ts'
import { publish } from './lib/report.ts'
import { FIRST_PRODUCT, fillHistory } from './lib/shop-history.ts'

const { values: options } = parseArgs({
  options: { people: { type: 'string', default: '200' }, rounds: { type: 'string', default: '5' } },
})
const [people, rounds] = [Number(options.people), Number(options.rounds)]

await using house = await benchHouse()
const shop = house.database('db_store1')
await fillHistory(shop, { orders: 10_000, users: 5_000, products: 20, stock: 0 })
await addCustomers(house, people)
const tokens = await signIn(house.url, people)

const decided: number[] = []
const won: number[] = []
for (let round = 0; round < rounds; round++) {
  await addGoods(shop, [FIRST_PRODUCT], 1)
  const begun = performance.now()
  let soldAfter = Number.NaN
  const answers = await Promise.all(
    tokens.map(async (token, n) => {
      const status = await buy(house.url, token, FIRST_PRODUCT, `race-${round}-${n}`)
      if (status === 201) soldAfter = performance.now() - begun
      return status
    }),
  )
  decided.push(performance.now() - begun)
  won.push(soldAfter)
  const sold = answers.filter((status) => status === 201).length
  const refused = answers.filter((status) => status === 409).length
  if (sold !== 1 || refused !== people - 1) throw new Error(`sold ${sold} times, refused ${refused} times`)
}
const [left] = await query<{ left: number }>(
  shop,
  'select count(*)::int as left from product_stocks where product_id = $1 and order_id is null',
  [FIRST_PRODUCT],
)
await publish({
  name: 'quickcart-race',
  title: 'The last item (`node bench/quickcart-race.ts`)',
  settings: [
    ...(await describeMachine(house.serverUrl)).map((line) => `${line}.`),
    `${people} customers at once, one item, ${rounds} rounds, medians.`,
  ],
  tables: [
    {
      head: ['what', 'measured'],
      rows: [
        ['sold a round', '1'],
        ['told that it is gone', String(people - 1)],
        ['left over', String(left?.left)],
        ['the winner knows after', `${median(won).toFixed(0)} ms`],
        ['everybody knows after', `${median(decided).toFixed(0)} ms`],
      ],
    },
  ],
})
