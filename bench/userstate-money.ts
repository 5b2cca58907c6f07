/**
 * The wallet over HTTP against the real application: signing in by password, payments that are held and taken, and the
 * callbacks of many top-ups at once, from the gateway's first word to the last rupiah credited.
 *
 *     node bench/userstate-money.ts [--payments 1000] [--topups 400] [--logins 100] [--runs 3]
 *
 * The simulated gateway remembers 500 callbacks that it holds back: more top-ups than that are not told.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { benchHouse, query } from './lib/house.ts'
import { cells, type Measured, measure, middle } from './lib/load.ts'
import { describeMachine } from './lib/machine.ts'
import { median, perSecond } from './lib/numbers.ts'
import { publish } from './lib/report.ts'
import { addPeople, ask, hire, openService, SERVICE, signIn } from './lib/wallet.ts'

const PEOPLE = 500
const IN_FLIGHT = 16

const { values: options } = parseArgs({
  options: {
    payments: { type: 'string', default: '1000' },
    topups: { type: 'string', default: '400' },
    logins: { type: 'string', default: '100' },
    runs: { type: 'string', default: '3' },
  },
})
const [payments, topups] = [Number(options.payments), Number(options.topups)]
const [logins, runs] = [Number(options.logins), Number(options.runs)]

await using house = await benchHouse()
const wallets = house.database('userstate')
const staff = await hire(house)
await addPeople(house, PEOPLE)
const service = await openService(house, staff)
const person = (n: number) => `person_${1 + (n % PEOPLE)}`
let last = 0

const bare = await measure(5_000, IN_FLIGHT, async () => {
  const answer = await fetch(`${house.url}/health/live`)
  await answer.text()
})
const signedIn = middle(await repeat(() => measure(logins, 4, (n) => signIn(house, person(n)))))
const held = middle(await repeat(() => measure(payments, IN_FLIGHT, payAndTake)))
const absorbed: number[] = []
const settled: number[] = []
for (let run = 0; run < runs; run++) await topUpAtOnce()
await prove()
await publish({
  name: 'userstate-money',
  title: 'A wallet over HTTP (`node bench/userstate-money.ts`)',
  settings: [
    ...(await describeMachine(house.serverUrl)).map((line) => `${line}.`),
    `The real application as a process of its own, ${PEOPLE} people; ${payments} payments, ${logins} sign-ins (argon2id, 19 MiB, two passes; 4 in flight), ${topups} top-ups a run; medians of ${runs} runs. Relay, jobs, document logs and the simulated gateway work meanwhile on the same processors.`,
  ],
  tables: [
    {
      head: ['what', 'rate', 'p50', 'p99', 'of the bare route'],
      rows: [
        cells(`a route that reads nothing, ${IN_FLIGHT} in flight (reference)`, bare, bare),
        cells('sign-ins by password, 4 in flight', signedIn, bare),
        cells(`payments: held and then taken, two requests, ${IN_FLIGHT} in flight`, held, bare),
      ],
    },
    {
      head: [`${topups} callbacks at once`, 'measured'],
      rows: [
        ['taken in by the inbox', perSecond(median(absorbed))],
        ['asked about at the gateway and credited', perSecond(median(settled))],
      ],
    },
  ],
})

async function repeat(once: () => Promise<Measured>): Promise<Measured[]> {
  const results: Measured[] = []
  for (let run = 0; run < runs; run++) results.push(await once())
  return results
}

async function payAndTake(): Promise<void> {
  const n = ++last
  const body = { username: person(n), payee: SERVICE, amount: '1000' }
  const asked = { method: 'POST', authorization: service }
  const { id } = await ask(house, '/payments', { ...asked, body, key: `pay-${n}` })
  const { status } = await ask(house, `/payments/${id}/capture`, { ...asked, key: `take-${n}` })
  if (status !== 'PAID') throw new Error(`payment ${id} is ${status}`)
}

/** The gateway keeps its word back until everybody has paid. */
async function topUpAtOnce(): Promise<void> {
  const { xendit } = house
  const people = 50
  const headers: string[] = []
  for (let n = 0; n < people; n++) headers.push(await signIn(house, person(n)))
  xendit.webhooks.script = { ...xendit.webhooks.script, hold: true }
  await measure(topups, IN_FLIGHT, async (n) => {
    const authorization = headers[n % people] ?? ''
    const body = { amount: '10000' }
    const made = await ask(house, '/topups', { method: 'POST', body, authorization, key: `top-${++last}` })
    const [invoice] = xendit.invoices.of(made.invoice ?? '')
    if (!invoice) throw new Error(`top-up ${made.id} has no invoice`)
    xendit.pay(invoice.id)
  })
  const paid = await countPaid()
  const begun = performance.now()
  const releasing = xendit.webhooks.release('reversed').then(() => xendit.webhooks.settled())
  await releasing
  absorbed.push(topups / ((performance.now() - begun) / 1000))
  while ((await countPaid()) < paid + topups) await wait(50)
  settled.push(topups / ((performance.now() - begun) / 1000))
  xendit.behave()
}

async function countPaid(): Promise<number> {
  const [counted] = await query<{ paid: number }>(
    wallets,
    `select count(*)::int as paid from user_transaction where type = 'TOPUP' and status = 'PAID'`,
  )
  return counted?.paid ?? 0
}

/** What is fast and not in the books would be worth nothing. */
async function prove(): Promise<void> {
  const [counted] = await query<{ paid: number; credited: number }>(
    wallets,
    `select (select count(*) from user_transaction where type = 'PAYMENT' and status = 'PAID')::int as paid,
      (select sum(amount) from user_transaction where type = 'TOPUP' and status = 'PAID')::float8 as credited`,
  )
  const problems = await query(wallets, 'select * from ledger.verify()')
  const isRight = counted?.paid === payments * runs && counted.credited === house.xendit.balance
  if (!isRight || problems.length > 0)
    throw new Error(`${JSON.stringify(counted)}; the ledger has ${problems.length} problems`)
}
