/** After the dust has settled: what everybody was promised, against what the rows, the ledger and the gateway say. */
import { verifyAudit } from '../../../src/platform/audit/verify.ts'
import { sql } from '../../../src/postgres/sql.ts'
import type { Stage } from '../stage.ts'
import { expectedOf } from './expected.ts'
import { DISCOUNT, type KnownPayment, type Model } from './model.ts'
import { paidAtGateway } from './stories/invoices.ts'

interface Row {
  readonly id: string
  readonly type: string
  readonly src: string | null
  readonly status: string
  readonly amount: number
}

/** Notes everything that differs. */
export async function compare(stage: Stage, model: Model): Promise<void> {
  const rows = await stage.wallet.many<Row>(
    sql`select id::text, type, src, status, amount from user_transaction order by id`,
  )
  const there = new Map(rows.map((row) => [row.id, row]))
  compareRows(model, rows)
  compareTopups(stage, model, there)
  comparePayments(stage, model, there)
  await comparePayouts(stage, model, there)
  await compareGrants(stage, model)
  await compareVouchers(stage, model)
  await compareBalances(stage, model, there)
  await compareRecord(stage, model, rows)
  await compareWork(stage, model)
}

/** Every row is somebody's who was told of it, but for what the gateway sends unasked. */
function compareRows(model: Model, rows: readonly Row[]): void {
  const told = new Set([
    ...model.topups.keys(),
    ...model.payments.keys(),
    ...model.refunds.keys(),
    ...model.adjustments.keys(),
    ...model.redemptions.keys(),
    ...[...model.payouts.values()].map(({ transaction }) => transaction),
  ])
  const unasked = new Set(['XENDIT_LATE', 'REVERSAL', 'VOUCHER'])
  for (const { id, type, src, status } of rows) {
    if (!told.has(id) && !unasked.has(src ?? ''))
      model.violated('doubled', `nobody was told of ${type} ${id}`)
    if (status === 'PENDING') model.violated('stuck', `${type} ${id} is still PENDING`)
  }
}

function compareTopups(stage: Stage, model: Model, there: ReadonlyMap<string, Row>): void {
  for (const { id, amount, invoice, paidTold } of model.topups.values()) {
    const row = there.get(id)
    const hasMoney = paidAtGateway(stage, invoice).length > 0
    if (row === undefined) model.violated('lost', `top-up ${id} was acknowledged and is not there`)
    else if (row.amount !== amount) model.violated('amounts', `top-up ${id} of ${amount} is ${row.amount}`)
    else if (paidTold && row.status !== 'PAID')
      model.violated('turned back', `top-up ${id} was paid and is ${row.status}`)
    else if (hasMoney && row.status !== 'PAID')
      model.violated('money lost', `top-up ${id} is paid at the gateway and ${row.status}`)
    else if (!hasMoney && row.status === 'PAID')
      model.violated('money made up', `top-up ${id} is PAID, the gateway has nothing`)
  }
}

function comparePayments(stage: Stage, model: Model, there: ReadonlyMap<string, Row>): void {
  for (const payment of model.payments.values()) {
    const { id, method, amount, invoice, ended, takenBy, isOffered, isReleaseAsked } = payment
    const row = there.get(id)
    if (row === undefined) {
      model.violated('lost', `payment ${id} was acknowledged and is not there`)
      continue
    }
    if (row.amount !== amount) model.violated('amounts', `payment ${id} of ${amount} is ${row.amount}`)
    if (ended !== undefined && ended !== row.status)
      model.violated('turned back', `payment ${id} was ${ended} and is ${row.status}`)
    payment.ended = row.status
    const isPaidThere =
      method === 'WALLET'
        ? takenBy !== undefined
        : paidAtGateway(stage, invoice).includes(amount) || amount === 0
    if (row.status === 'PAID' && !isPaidThere)
      model.violated('money made up', `payment ${id} is PAID: nobody took it, or paid it at the gateway`)
    if (row.status !== 'PAID' && isOffered && !isReleaseAsked && wasPaidInTime(stage, payment))
      model.violated('money lost', `payment ${id} was paid in time and is ${row.status}`)
    const refunded = [...model.refunds.values()]
      .filter((refund) => refund.payment === id)
      .reduce((sum, refund) => sum + refund.amount, 0)
    if (refunded > amount) model.violated('refunded twice', `payment ${id} of ${amount}, ${refunded} back`)
  }
  for (const { id, amount } of model.refunds.values())
    if (there.get(id)?.amount !== amount)
      model.violated('lost', `refund ${id} of ${amount} is ${there.get(id)?.amount}`)
}

/** The whole sum, before the invoice ended: then it is the payee's. */
function wasPaidInTime({ xendit }: Stage, { invoice, amount }: KnownPayment): boolean {
  return xendit.invoices.of(invoice).some(({ paidAmount, paidAt = Number.POSITIVE_INFINITY, expiresAt }) => {
    return paidAmount === amount && paidAt < expiresAt
  })
}

/** The gateway's word, as the wallet must have it; REVERSED is an end too. */
const ENDS: Readonly<Record<string, string>> = {
  SUCCEEDED: 'SUCCEEDED',
  FAILED: 'FAILED',
  CANCELLED: 'CANCELLED',
  REVERSED: 'REVERSED',
}

async function comparePayouts(
  { wallet, xendit }: Stage,
  model: Model,
  there: ReadonlyMap<string, Row>,
): Promise<void> {
  const rows = await wallet.many<{ id: string; status: string }>(sql`select id::text, status from payout`)
  const statuses = new Map(rows.map(({ id, status }) => [id, status]))
  for (const { id, transaction, reference, amount, fee, cancelTold } of model.payouts.values()) {
    const say = (oracle: string, detail: string) => model.violated(oracle, `payout ${id} ${detail}`)
    const status = statuses.get(id)
    const atGateway = xendit.payouts.of(reference)
    if (status === undefined || there.get(transaction)?.amount !== amount + fee)
      say('lost', `of ${amount} and ${fee} is not there, or not so`)
    if (atGateway.length > 1) say('doubled', `was sent ${atGateway.length} times`)
    const [sent] = atGateway
    if (sent ? ENDS[sent.status] !== status : status !== 'CANCELLED')
      say('money lost', `is ${sent?.status ?? 'unknown'} at the gateway, and ${status}`)
    if (cancelTold && status !== 'CANCELLED') say('turned back', `was cancelled and is ${status}`)
  }
}

/** Also settles what was unclear: from then on the model knows it. */
async function compareGrants({ wallet }: Stage, model: Model): Promise<void> {
  const rows = await wallet.many<{ id: string; status: 'PENDING' | 'COMPLETE'; amount: string }>(sql`
    select id::text, status, amount::text from point_mutation where src = 'PROMO' and account_name is not null`)
  const there = new Map(rows.map((row) => [row.id, row]))
  for (const { id } of rows)
    if (!model.grants.has(id)) model.violated('doubled', `nobody was told of grant ${id}`)
  for (const known of model.grants.values()) {
    const row = there.get(known.id)
    const state = row?.status ?? 'WITHDRAWN'
    if (known.state === 'unclear') known.state = state
    if (known.state !== state)
      model.violated('turned back', `grant ${known.id} was ${known.state} and is ${state}`)
    if (row && Number(row.amount) !== known.points)
      model.violated('amounts', `grant ${known.id} of ${known.points} is ${row.amount}`)
  }
}

async function compareVouchers({ wallet }: Stage, model: Model): Promise<void> {
  const rows = await wallet.many<{ code: string; counted: number; people: string[] }>(sql`
    select v.code, v.redeemed_count as counted,
      coalesce(array_agg(r.username order by r.username) filter (where r.status = 'REDEEMED'), '{}') as people
    from voucher v left join voucher_redemption r on r.code = v.code group by v.code`)
  for (const { code, counted, people } of rows) {
    if (code === DISCOUNT.code) {
      const paid = [...model.payments.values()].filter(
        ({ ended, discount }) => ended === 'PAID' && discount > 0,
      )
      if (counted !== paid.length || people.length !== paid.length || counted > DISCOUNT.quota)
        model.violated('voucher', `${code} counts ${counted} of ${people.length}, paid were ${paid.length}`)
      continue
    }
    const known = model.vouchers.get(code)
    const told = [...(known?.redeemedBy ?? [])].sort()
    if (people.join() !== told.join())
      model.violated('voucher', `${code} belongs to ${people.join(' ')}, told were ${told.join(' ')}`)
    if (counted !== people.length)
      model.violated('voucher', `${code} counts ${counted} and has ${people.length}`)
  }
}

async function compareBalances(stage: Stage, model: Model, there: ReadonlyMap<string, Row>): Promise<void> {
  const { wallet, xendit } = stage
  const expected = expectedOf(stage, model, (id) => there.get(id)?.status)
  const differs = (what: string, is: number, due: number) => {
    if (is !== due) model.violated('balance', `${what} is ${is} and should be ${due}`)
  }
  const people = await wallet.many<{ name: string; balance: number; held: number; points: number }>(sql`
    select username as name, balance, in_transaction as held, coalesce(onapps_point, '0')::float8 as points
    from user_balance`)
  for (const { name, balance, held, points } of people) {
    differs(`the wallet of ${name}`, balance, expected.wallets.of(name))
    differs(`what ${name} has under way`, held, 0)
    differs(`the points of ${name}`, points, expected.points.of(name))
  }
  const missing = [...expected.wallets.names].filter((name) => !people.some((person) => person.name === name))
  for (const name of missing) differs(`the wallet of ${name}`, 0, expected.wallets.of(name))
  const accounts = await wallet.many<{ name: string; balance: number }>(sql`
    select name, ledger.balance(name)::float8 as balance from ledger.account
    where name like 'payee:%' or name in ('gateway:xendit', 'revenue:commission', 'revenue:payout_fee')`)
  const inLedger = (name: string) => accounts.find((account) => account.name === name)?.balance ?? 0
  for (const payee of expected.payees.names)
    differs(`what ${payee} is owed`, inLedger(`payee:${payee}`), expected.payees.of(payee))
  differs('the commission', inLedger('revenue:commission'), expected.commission)
  differs('the fees of payouts', inLedger('revenue:payout_fee'), expected.payoutFees)
  // Fees of payouts are kept: the bank gets the sum alone.
  differs('what the gateway holds', -inLedger('gateway:xendit'), xendit.balance)
  for (const violation of await wallet.many(sql`select * from ledger.verify()`))
    model.violated('books', JSON.stringify(violation))
}

/** The chain holds, and every row of history is in it once. */
async function compareRecord(
  { wallet, walletAudits, anchorsOf }: Stage,
  model: Model,
  rows: readonly Row[],
): Promise<void> {
  const { ok, problem, firstBadId } = await verifyAudit({
    source: wallet,
    target: walletAudits,
    anchorSchema: 'audit',
    anchorPath: anchorsOf('userstate'),
  })
  if (!ok) model.violated('audit', `wallet: ${problem} at ${firstBadId}`)
  const { events, distinct, created, twice } = await walletAudits.one<{
    events: number
    distinct: number
    created: number
    twice: number
  }>(sql`
    select count(*)::int as events, count(distinct event_id)::int as distinct,
      count(distinct entity_id) filter (where entity_type = 'user_transaction' and action = 'create')::int as created,
      count(*) filter (where entity_type = 'user_transaction' and action = 'create')::int as twice
    from audit_logs`)
  if (events !== distinct) model.violated('audit', `wallet: ${events - distinct} events are there twice`)
  if (created !== rows.length || twice !== created)
    model.violated('audit', `wallet: ${rows.length} rows of history, ${created} recorded, ${twice} times`)
}

/** Nothing waits that nobody would come for. */
async function compareWork({ wallet }: Stage, model: Model): Promise<void> {
  const rows = await wallet.many<{ what: string }>(sql`
    select 'job ' || t.identifier || ': ' || coalesce(j.last_error, '') as what
      from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
      where j.attempts >= j.max_attempts
    union all select 'inbox ' || id || ' ' || status || ' ' || coalesce(last_error, '')
      from niaga.inbox where status in ('received', 'processing', 'failed')
    union all select 'audit outbox holds ' || count(*) from audit.outbox having count(*) > 0`)
  for (const { what } of rows) model.violated('stuck', `wallet: ${what}`)
}
