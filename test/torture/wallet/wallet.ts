/** The wallet of the run: its people, services and bank accounts, and when it is at rest. */
import { sql } from '../../../src/postgres/sql.ts'
import { type Business, isAtWork, type Opening, storiesOf } from '../business.ts'
import { Client } from '../client.ts'
import type { Stage } from '../stage.ts'
import type { Cast } from './cast.ts'
import { compare } from './compare.ts'
import { PASSWORD, STAFF, walletDesk } from './desk.ts'
import { DISCOUNT, Model, SETTINGS } from './model.ts'
import { STORIES } from './stories/index.ts'

const PAYERS = 10
const COLLECTORS = 5
const PAYEES = ['kedai', 'toko']
/** How a payout ends follows from its account: it is taken, taken, refused, or sent back. */
const ENDINGS = ['001', '002', '404', '777']

export async function openWallet({ stage, tally, violated, paths, names }: Opening): Promise<Business> {
  const model = new Model(violated)
  const services = new Map<string, string>()
  const client = new Client(walletDesk(stage, services), tally, violated)
  const cast = await prepare(stage, model, client, services)
  return {
    stories: storiesOf(STORIES, cast, (path) => paths.has(`/userstate/v1${path}`), names),
    get db() {
      return stage.wallet
    },
    async release() {
      await Promise.all(cast.background)
      await stage.xendit.webhooks.release('reversed')
    },
    async isBusy() {
      await stage.xendit.webhooks.settled()
      return await isAtWork(stage.wallet, stage.clock.now())
    },
    async compare() {
      await compare(stage, model)
      const { status, body } = await client.ask(STAFF, '/admin/reconciliation')
      const { gateway, unbacked, ledger } = body
      const isQuiet =
        gateway?.difference === '0' && unbacked?.items?.length === 0 && ledger?.violations?.length === 0
      if (!isQuiet) violated('books', `finance is told ${status} ${JSON.stringify(body)}`)
    },
    summary() {
      const { topups, payments, refunds, payouts, grants, redemptions } = model
      const paid = [...payments.values()].filter(({ ended }) => ended === 'PAID').length
      return `top-ups ${topups.size}, payments ${payments.size} (${paid} paid), refunds ${refunds.size}, payouts ${payouts.size}, points ${grants.size + redemptions.size}`
    },
  }
}

/** Settings, keys, and people with money and points: past the API, what there is no story of. */
async function prepare(
  stage: Stage,
  model: Model,
  client: Cast['client'],
  services: Map<string, string>,
): Promise<Cast> {
  await hire(stage)
  for (const [name, value] of Object.entries(SETTINGS))
    await client.ask(STAFF, `/admin/settings/${name}`, { method: 'PUT', body: { value } })
  const { code, value, quota } = DISCOUNT
  const discount = { code, kind: 'DISCOUNT_FIXED', value, quota, per_user_limit: quota }
  const voucher = await client.ask(STAFF, '/admin/vouchers', { method: 'POST', body: discount })
  if (voucher.status >= 300) throw new Error(`there is no voucher: ${voucher.body.code}`)
  for (const holder of PAYEES) {
    const body = { holder, scopes: ['payments:charge', 'payments:settle', 'payments:read', 'points:write'] }
    const { apikey } = (await client.ask(STAFF, '/admin/api-keys', { method: 'POST', body })).body
    if (apikey === undefined) throw new Error(`${holder} has no key`)
    services.set(holder, apikey)
  }
  const named = (what: string, many: number) => Array.from({ length: many }, (_, i) => `${what}_${i + 1}`)
  const [payers, collectors] = [named('payer', PAYERS), named('collector', COLLECTORS)]
  const accounts = new Map<string, readonly number[]>()
  const codes = new Map<string, string>()
  for (const person of payers) {
    codes.set(person, await open(stage, model, person, { rupiah: 300_000, points: 0 }))
    accounts.set(person, await openAccounts(client, person))
  }
  for (const person of collectors) await open(stage, model, person, { rupiah: 0, points: 200 })
  let last = 0
  const next = () => ++last
  const background = new Set<Promise<void>>()
  return { stage, model, client, payers, collectors, payees: PAYEES, accounts, codes, background, next }
}

/** Somebody registers as everybody does, and is made admin as an operator does it. */
async function hire({ origin, wallet }: Stage): Promise<void> {
  const answer = await fetch(`${origin}/userstate/v1/auth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      username: STAFF,
      password: PASSWORD,
      email: `${STAFF}@example.com`,
      first_name: 'Kepala',
      last_name: 'Keuangan',
    }),
  })
  if (!answer.ok) throw new Error(`nobody can register: ${answer.status} ${await answer.text()}`)
  for (const role of ['admin', 'finance', 'marketing'])
    await wallet.run(sql`insert into user_role (username, role) values (${STAFF}, ${role})`)
}

/** Answers the referral code. */
async function open(
  { wallet }: Stage,
  model: Model,
  person: string,
  opening: { rupiah: number; points: number },
) {
  const code = `KODE${person.replace('_', '').toUpperCase()}`
  await wallet.run(sql`
    insert into user_login (username, pwd) select ${person}, pwd from user_login where username = ${STAFF}`)
  await wallet.run(sql`
    insert into user_info (username, email, first_name, last_name, referral_code, email_verified_at)
    values (${person}, ${`${person}@example.com`}, 'Budi', 'Santoso', ${code}, now())`)
  await wallet.run(sql`
    insert into user_balance (username, balance, onapps_point)
    values (${person}, ${opening.rupiah}, ${String(opening.points)})`)
  model.opening.set(person, opening)
  return code
}

async function openAccounts(client: Cast['client'], person: string): Promise<readonly number[]> {
  const ids: number[] = []
  for (const ending of ENDINGS) {
    const body = { channel: 1, account_number: `1234567${ending}`, account_holder_name: 'Budi Santoso' }
    const { id } = (await client.ask(person, '/bank-accounts', { method: 'POST', body })).body
    if (typeof id !== 'number') throw new Error(`${person} has no account`)
    ids.push(id)
  }
  return ids
}
