/** After the dust has settled: what everybody was promised, against what the books, the goods and the chats say. */
import { verifyAudit } from '../../src/platform/audit/verify.ts'
import { sql } from '../../src/postgres/sql.ts'
import { compareBroadcasts } from './compare-news.ts'
import { compareRefunds } from './compare-refunds.ts'
import { type KnownOrder, type Model, money } from './model.ts'
import { ADMIN, type Stage } from './stage.ts'

interface OrderRow {
  readonly invoice: string
  readonly person: bigint
  readonly status: string
  readonly amounts: string
  readonly payment: string | null
  readonly goods: readonly string[]
  readonly sold: boolean
  readonly deliveries: number
}

/** Notes everything that differs in the model's list of violations. */
export async function compare(stage: Stage, model: Model): Promise<void> {
  const rows = await readOrders(stage)
  compareOrders(stage, model, rows)
  await compareDeposits(stage, model)
  await compareRefunds(stage, model)
  await compareBalances(stage, model, rows)
  await compareBroadcasts(stage, model)
  await compareGoods(stage, model, rows)
  await compareVouchers(stage, model, rows)
  compareChats(stage, model, rows)
  await booksOf(stage, model)
  await auditOf(stage, model)
  await workOf(stage, model)
}

async function readOrders({ db }: Stage): Promise<ReadonlyMap<string, OrderRow>> {
  const rows = await db.many<OrderRow>(sql`
    select o.invoice_id as invoice, o.user_id as person, o.status,
      concat_ws(' ', o.subtotal, o.voucher_discount, o.payment_fee, o.total_bill) as amounts,
      p.status as payment,
      coalesce((select array_agg(s.content order by s.content) from product_stocks s where s.order_id = o.id), '{}') as goods,
      coalesce((select bool_and(s.is_sold) from product_stocks s where s.order_id = o.id), false) as sold,
      (select count(*) from telegram_outbox t
        where t.ref_id = o.invoice_id and t.payload ->> 'kind' = 'deliver')::int as deliveries
    from orders o left join payments p on p.order_id = o.id`)
  return new Map(rows.map((row) => [row.invoice, row]))
}

function compareOrders({ pakasir }: Stage, model: Model, rows: ReadonlyMap<string, OrderRow>): void {
  const perPerson = new Map<bigint, number>()
  for (const row of rows.values()) {
    if (row.status === 'pending') perPerson.set(row.person, (perPerson.get(row.person) ?? 0) + 1)
    if (!model.orders.has(row.invoice)) model.violated('doubled', `nobody was told of order ${row.invoice}`)
  }
  for (const [person, pending] of perPerson)
    if (pending > 1) model.violated('one pending order', `${person} has ${pending}`)
  const gateway = new Map(pakasir.list().map((transaction) => [transaction.orderId, transaction]))
  for (const order of model.orders.values()) {
    const row = rows.get(order.invoice)
    if (!row) {
      model.violated('lost', `order ${order.invoice} was acknowledged and is not there`)
      continue
    }
    compareOrder(model, order, row, gatewayMoney(gateway.get(order.invoice)))
  }
}

/** The gateway has the customer's money, and the right sum of it. */
function gatewayMoney(
  transaction: { state: string; amount: bigint; reportedAmount: bigint } | undefined,
): boolean {
  return transaction?.state === 'completed' && transaction.amount === transaction.reportedAmount
}

function compareOrder(model: Model, order: KnownOrder, row: OrderRow, hasMoney: boolean): void {
  const { invoice, subtotal, discount, fee, cart } = order
  const say = (oracle: string, detail: string) => model.violated(oracle, `${invoice} ${detail}`)
  const amounts = [subtotal, discount, fee, subtotal - discount + fee].map(money).join(' ')
  if (amounts !== row.amounts) say('amounts', `should cost ${amounts}, and costs ${row.amounts}`)
  if (Number(row.person) !== order.person) say('another owner', `belongs to ${row.person}`)
  if (order.paidTold && row.status !== 'paid') say('turned back', `was paid and is ${row.status}`)
  if (order.endedTold && row.status === 'paid') say('turned back', 'had ended and is paid')
  if (cart.method === 'account_balance') {
    if (row.status !== 'paid') say('lost', `was paid from the balance and is ${row.status}`)
  } else if (row.status === 'pending') say('stuck', 'still waits for its money')
  else if (
    hasMoney &&
    !(row.status === 'paid' ? row.payment === 'completed' : row.payment === 'late_completed')
  )
    say('money lost', `was paid at the gateway and is ${row.status} ${row.payment}`)
  else if (
    !hasMoney &&
    (row.status === 'paid' || row.payment === 'completed' || row.payment === 'late_completed')
  )
    say('money made up', `was not paid at the gateway and is ${row.status} ${row.payment}`)
  const units = cart.lines.reduce((sum, line) => sum + line.quantity, 0)
  if (row.status === 'paid') {
    if (row.goods.length !== units || !row.sold) say('goods', `has ${row.goods.length} of ${units} goods`)
    if (order.contents !== undefined && order.contents !== row.goods.join(' '))
      say('other goods', `${order.contents} was told, ${row.goods.join(' ')} is there`)
    if (row.deliveries < 1 || row.deliveries > 1 + order.redelivered)
      say('deliveries', `is delivered by ${row.deliveries} messages`)
  } else if (row.goods.length > 0) say('goods', `is ${row.status} and holds ${row.goods.join(' ')}`)
}

async function compareDeposits({ db, pakasir }: Stage, model: Model): Promise<void> {
  const rows = await db.many<{ invoice: string; status: string; payment: string; amounts: string }>(sql`
    select d.invoice_id as invoice, d.status, p.status as payment,
      concat_ws(' ', d.amount, d.payment_fee, d.total_bill) as amounts
    from deposits d join payments p on p.deposit_id = d.id`)
  const there = new Map(rows.map((row) => [row.invoice, row]))
  for (const { invoice } of rows)
    if (!model.deposits.has(invoice)) model.violated('doubled', `nobody was told of deposit ${invoice}`)
  const gateway = new Map(pakasir.list().map((transaction) => [transaction.orderId, transaction]))
  for (const { invoice, amount, fee, endedTold } of model.deposits.values()) {
    const row = there.get(invoice)
    const hasMoney = gatewayMoney(gateway.get(invoice))
    const isBooked = row?.payment === 'completed' || row?.payment === 'late_completed'
    if (!row) model.violated('lost', `deposit ${invoice} was acknowledged and is not there`)
    else if (row.amounts !== [amount, fee, amount + fee].map(money).join(' '))
      model.violated('amounts', `${invoice} costs ${row.amounts}`)
    else if (row.status === 'pending') model.violated('stuck', `deposit ${invoice} still waits for its money`)
    else if (hasMoney !== isBooked)
      model.violated(
        'money lost',
        `${invoice}: paid at the gateway ${hasMoney}, ${row.status} ${row.payment}`,
      )
    else if (endedTold && row.status === 'paid')
      model.violated('turned back', `${invoice} had ended and is paid`)
  }
}

/** Everybody's balance from the first rupiah on, and what the gateway owes the shop. */
async function compareBalances(
  { db, pakasir }: Stage,
  model: Model,
  rows: ReadonlyMap<string, OrderRow>,
): Promise<void> {
  const expected = new Map(model.opening)
  const add = (person: number, amount: number) => expected.set(person, (expected.get(person) ?? 0) + amount)
  let atGateway = 0
  const transactions = new Map(pakasir.list().map((transaction) => [transaction.orderId, transaction]))
  for (const order of model.orders.values()) {
    const base = order.subtotal - order.discount
    const hasMoney = gatewayMoney(transactions.get(order.invoice))
    if (hasMoney) atGateway += base + order.fee
    if (order.cart.method === 'account_balance') add(order.person, -base)
    else if (hasMoney && rows.get(order.invoice)?.status !== 'paid') add(order.person, base)
  }
  for (const { invoice, person, amount, fee } of model.deposits.values()) {
    if (!gatewayMoney(transactions.get(invoice))) continue
    atGateway += amount + fee
    add(person, amount)
  }
  for (const { person, amount } of model.adjustments) add(person, amount)
  for (const { person, amount, decided } of model.refunds.values())
    if (decided === 'paid') add(person, amount)
  const people = await db.many<{ id: bigint; balance: string }>(
    sql`select id, account_balance as balance from users`,
  )
  for (const { id, balance } of people) {
    const due = money(expected.get(Number(id)) ?? 0)
    if (balance !== due) model.violated('balance', `${id} has ${balance} and should have ${due}`)
  }
  const { owed } = await db.one<{ owed: string }>(sql`
    select -ledger.balance('gateway.pakasir') / 100 as owed`)
  if (Number(owed) !== atGateway)
    model.violated('balance', `the gateway took in ${atGateway}, the ledger says ${owed}`)
}

async function compareGoods({ db }: Stage, model: Model, rows: ReadonlyMap<string, OrderRow>): Promise<void> {
  const goods = await db.many<{ product: number; content: string; state: string }>(sql`
    select product_id as product, content,
      case when is_sold then 'sold' when order_id is not null then 'reserved' else 'available' end as state
    from product_stocks`)
  const there = new Map<number, Map<string, string>>()
  for (const { product, content, state } of goods) {
    const known = there.get(product) ?? new Map<string, string>()
    if (known.has(content)) model.violated('goods', `${content} is there twice`)
    there.set(product, known.set(content, state))
    if (state === 'reserved') model.violated('stuck', `${content} is still reserved`)
  }
  for (const [product, loaded] of model.loaded) {
    const known = there.get(product)
    if (known?.size !== loaded.size)
      model.violated('goods', `product ${product} has ${known?.size ?? 0} goods of ${loaded.size} loaded`)
  }
  const owners = new Map<string, string>()
  for (const { invoice, goods: sold } of rows.values()) {
    for (const content of sold) {
      const other = owners.get(content)
      if (other !== undefined) model.violated('sold twice', `${content} to ${other} and ${invoice}`)
      owners.set(content, invoice)
    }
  }
  const counts = await db.many<{ id: number; counted: number; sold: number }>(sql`
    select p.id, p.sold_count as counted, count(s.id)::int as sold
      from products p left join product_stocks s on s.product_id = p.id and s.is_sold group by p.id`)
  for (const { id, counted, sold } of counts)
    if (counted !== sold) model.violated('goods', `product ${id} counts ${counted} sold, and sold ${sold}`)
}

async function compareVouchers(
  { db, clock }: Stage,
  model: Model,
  rows: ReadonlyMap<string, OrderRow>,
): Promise<void> {
  const vouchers = await db.many<{ code: string; used: boolean; invoice: string | null }>(sql`
    select v.code, v.is_used as used, o.invoice_id as invoice
      from vouchers v left join orders o on o.id = v.order_id`)
  const users = new Map<string, string[]>()
  for (const { invoice, cart } of model.orders.values()) {
    if (cart.voucher === undefined || rows.get(invoice)?.status !== 'paid') continue
    users.set(cart.voucher, [...(users.get(cart.voucher) ?? []), invoice])
  }
  const there = new Set(vouchers.map(({ code }) => code))
  for (const code of model.vouchers.keys()) {
    const isOver = (model.vouchersEnd.get(code) ?? Number.POSITIVE_INFINITY) < clock.now().getTime()
    if (!there.has(code) && !isOver) model.violated('lost', `voucher ${code} is not there`)
  }
  for (const { code, used, invoice } of vouchers) {
    if (!model.vouchers.has(code)) model.violated('doubled', `nobody was told of voucher ${code}`)
    const paid = users.get(code) ?? []
    if (paid.length > 1) model.violated('voucher', `${code} paid for ${paid.join(' and ')}`)
    if (used !== paid.length > 0 || (invoice ?? undefined) !== paid[0])
      model.violated(
        'voucher',
        `${code}: used ${used} in ${invoice}, redeemed with ${paid.join(' and ') || 'nothing'}`,
      )
  }
  const close = await db.many<{ user_id: bigint; code: string }>(sql`
    select a.used_by as user_id, a.code from vouchers a join vouchers b
      on a.used_by = b.used_by and a.id <> b.id and b.used_at >= a.used_at
      and b.used_at < a.used_at + interval '5 minutes' and (a.used_at, a.id) < (b.used_at, b.id)`)
  // An order that reserved its voucher before may still be paid within the pause of another.
  for (const { user_id, code } of close) {
    const both = [...model.orders.values()].filter(
      ({ person, cart, invoice }) =>
        person === Number(user_id) &&
        cart.voucher === code &&
        cart.method === 'account_balance' &&
        rows.has(invoice),
    )
    if (both.length > 0) await balancePause(db, model, user_id, code)
  }
}

/** Two vouchers paid from the balance are checked and redeemed in one moment each: five minutes lie between. */
async function balancePause(db: Stage['db'], model: Model, person: bigint, code: string): Promise<void> {
  const { near } = await db.one<{ near: number }>(sql`
    select count(*)::int as near from vouchers a
      join vouchers b on b.used_by = a.used_by and b.id <> a.id
      join orders o on o.id = b.order_id and o.payment_method = 'account_balance'
      where a.code = ${code} and a.used_by = ${person}
        and b.used_at >= a.used_at and b.used_at < a.used_at + interval '5 minutes'`)
  if (near > 0)
    model.violated('voucher pause', `${person} redeemed another voucher within five minutes of ${code}`)
}

/** Each paid order's goods are in its owner's chat, and no other goods are in anybody's. */
function compareChats({ telegram }: Stage, model: Model, rows: ReadonlyMap<string, OrderRow>): void {
  const seen = new Map<number, Set<string>>()
  for (const person of model.opening.keys()) {
    const { messages, deleted } = telegram.chat(person)
    const words = [...messages, ...deleted].flatMap(({ text = '' }) => text.match(/BARANG-\d+-\d+-X/g) ?? [])
    seen.set(person, new Set(words))
  }
  const due = new Map<number, Set<string>>()
  for (const { person, status, goods, invoice } of rows.values()) {
    if (status !== 'paid') continue
    const chat = due.get(Number(person)) ?? new Set<string>()
    due.set(Number(person), chat)
    for (const content of goods) {
      chat.add(content)
      if (!seen.get(Number(person))?.has(content)) model.violated('not delivered', `${content} of ${invoice}`)
    }
  }
  for (const [person, words] of seen)
    for (const word of words)
      if (!due.get(person)?.has(word)) model.violated('delivered to a stranger', `${word} to ${person}`)
}

async function booksOf({ db }: Stage, model: Model): Promise<void> {
  const rows = await db.many<{ detail: string }>(sql`
    select 'ledger: ' || to_jsonb(v)::text as detail from ledger.verify() v
    union all select 'books: ' || to_jsonb(r)::text from reconcile() r`)
  for (const { detail } of rows) model.violated('books', detail)
}

/** The chain holds, and every change of every order, payment and deposit is in it once. */
async function auditOf({ db, audits, anchorPath }: Stage, model: Model): Promise<void> {
  const { ok, problem, firstBadId } = await verifyAudit({ source: db, target: audits, anchorPath })
  if (!ok) model.violated('audit', `${problem} at ${firstBadId}`)
  const { doubled } = await audits.one<{ doubled: number }>(
    sql`select (count(*) - count(distinct event_id))::int as doubled from audit_logs`,
  )
  if (doubled > 0) model.violated('audit', `${doubled} events are there twice`)
  const made = await db.many<{ entity: string; n: number; ended: number }>(sql`
    select 'orders' as entity, count(*)::int as n, count(*) filter (where status <> 'pending')::int as ended from orders
    union all select 'payments', count(*)::int, count(*) filter (where status not in ('creating', 'awaiting'))::int from payments
    union all select 'deposits', count(*)::int, count(*) filter (where status <> 'pending')::int from deposits
    union all select 'product_stocks', count(*)::int, count(*) filter (where is_sold)::int from product_stocks`)
  for (const { entity, n, ended } of made) {
    const told = await audits.one<{ created: number; ended: number }>(sql`
      select count(distinct entity_id) filter (where action = 'create')::int as created,
        count(distinct entity_id) filter (where action = 'update' and (
          after_state ->> 'status' not in ('pending', 'creating', 'awaiting') or after_state ->> 'is_sold' = 'true'))::int as ended
      from audit_logs where entity_type = ${entity}`)
    const { twice } = await audits.one<{ twice: number }>(sql`
      select count(*)::int as twice from (select from audit_logs
        where entity_type = ${entity} and action = 'create' group by entity_id having count(*) > 1) t`)
    if (told.created !== n || told.ended !== ended || twice > 0)
      model.violated(
        'audit',
        `${entity}: ${n} rows and ${ended} ended, ${told.created} and ${told.ended} recorded, ${twice} twice`,
      )
  }
}

/** Nothing waits that nobody would come for; who is shut out is sent no broadcast. */
async function workOf({ db }: Stage, model: Model): Promise<void> {
  const rows = await db.many<{ what: string }>(sql`
    select 'job ' || t.identifier || ': ' || coalesce(j.last_error, '') as what
      from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
      where j.attempts >= j.max_attempts
    union all select 'inbox ' || id || ' ' || status || ' ' || coalesce(last_error, '')
      from niaga.inbox where status in ('received', 'processing', 'failed')
    union all select 'message ' || id || ' ' || status || ' ' || coalesce(error, '')
      from telegram_outbox where status <> 'sent' and chat_id <> ${ADMIN}
        and not (status = 'failed' and ref_type = 'broadcast' and chat_id = any (${[...model.everBanned]}::bigint[]))
    union all select 'audit outbox holds ' || count(*) from audit.outbox having count(*) > 0`)
  for (const { what } of rows) model.violated('stuck', what)
}
