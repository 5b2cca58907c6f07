/** Customers of the demonstration shop: with money, goods to buy, signed in, and buying. */
import { createHash, createHmac } from 'node:crypto'
import { type BenchHouse, BOT_TOKEN, query } from './house.ts'
import { measure } from './load.ts'

export const FIRST_CUSTOMER = 500_000_000
/** Six digits name a customer's bank account: theirs are given from the top, those of the shop's history from zero. */
const LAST_BANK_ID = 999_998

/** `count` more customers with Rp 10.000.000 each, from number `first` on. */
export async function addCustomers(house: BenchHouse, count: number, first = 0): Promise<void> {
  for (let n = first; n < first + count; n++) {
    house.telegram.addUser({ id: FIRST_CUSTOMER + n, first_name: `Customer ${n}` })
  }
  await query(
    house.database('db_store1'),
    `insert into users (id, name, bank_id, account_balance)
      select $1::bigint + n, 'Customer ' || n, lpad(($2::int - n)::text, 6, '0'), 10000000
      from generate_series($3::int, $3 + $4 - 1) n`,
    [FIRST_CUSTOMER, LAST_BANK_ID, first, count],
  )
}

/** `count` goods of each of these products. */
export async function addGoods(database: string, products: readonly number[], count: number): Promise<void> {
  await query(
    database,
    `insert into product_stocks (product_id, content)
      select p, 'key ' || p || '-' || n from generate_series(1, $2::int) n, unnest($1::int[]) p`,
    [products, count],
  )
}

/** Access tokens of the customers with these numbers. */
export async function signIn(url: string, count: number, first = 0): Promise<string[]> {
  const tokens: string[] = []
  await measure(count, 16, async (n) => {
    const answer = await fetch(`${url}/quickcart/v1/auth/telegram`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ login: loginOf(FIRST_CUSTOMER + first + n) }),
    })
    const { access_token: token }: { access_token?: string } = JSON.parse(await answer.text())
    if (token === undefined) throw new Error(`sign-in failed: ${answer.status}`)
    tokens[n] = token
  })
  return tokens
}

/** A balance order of one unit; the answer's status. @throws Error for a 5xx. */
export async function buy(url: string, token: string, product: number, key: string): Promise<number> {
  const answer = await fetch(`${url}/quickcart/v1/orders`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'idempotency-key': key,
    },
    body: JSON.stringify({
      items: [{ product_id: product, quantity: 1 }],
      payment_method: 'account_balance',
    }),
  })
  const text = await answer.text()
  if (answer.status >= 500) throw new Error(`${answer.status}: ${text}`)
  return answer.status
}

/** The same, and it must succeed. */
export async function buys(url: string, token: string, product: number, key: string): Promise<void> {
  const status = await buy(url, token, product, key)
  if (status !== 201) throw new Error(`the order was answered with ${status}`)
}

/** What Telegram's login widget would sign. */
function loginOf(id: number) {
  const fields = { auth_date: Math.floor(Date.now() / 1000), first_name: 'Customer', id }
  const text = Object.entries(fields)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n')
  const key = createHash('sha256').update(BOT_TOKEN).digest()
  return { ...fields, hash: createHmac('sha256', key).update(text).digest('hex') }
}
