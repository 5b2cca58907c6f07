/** Refunds: decided as it was told, one of an order, never more than was paid. */
import { sql } from '../../../src/postgres/sql.ts'
import type { Stage } from '../stage.ts'
import type { Model } from './model.ts'

/** Also settles what was unclear: from then on the model knows it. */
export async function compareRefunds({ db }: Stage, model: Model): Promise<void> {
  const rows = await db.many<{
    id: string
    invoice: string
    status: string
    amount: number
    base: number
  }>(sql`
    select r.id::text, o.invoice_id as invoice, r.status, r.amount::float8, (o.subtotal - o.voucher_discount)::float8 as base
      from refunds r join orders o on o.id = r.order_id`)
  const live = new Map<string, string>()
  const there = new Map(rows.map((row) => [row.id, row]))
  for (const { id, invoice, status, amount, base } of rows) {
    if (!model.refunds.has(id)) model.violated('doubled', `nobody was told of refund ${id}`)
    if (amount > base) model.violated('amounts', `refund ${id} is ${amount} of ${base}`)
    if (status === 'rejected') continue
    const other = live.get(invoice)
    if (other !== undefined) model.violated('refunded twice', `${invoice} by ${other} and ${id}`)
    live.set(invoice, id)
  }
  for (const known of model.refunds.values()) {
    const row = there.get(known.id)
    if (!row) {
      model.violated('lost', `refund ${known.id} was acknowledged and is not there`)
      continue
    }
    if (known.decided === 'unclear' && row.status === 'requested')
      model.violated('lost', `refund ${known.id} was decided and is still open`)
    if (known.decided === 'unclear') known.decided = row.status === 'paid' ? 'paid' : 'rejected'
    if (row.status !== (known.decided ?? 'requested'))
      model.violated(
        'turned back',
        `refund ${known.id} should be ${known.decided ?? 'open'}, and is ${row.status}`,
      )
    if (row.amount !== known.amount)
      model.violated('amounts', `refund ${known.id} was told as ${known.amount}, and is ${row.amount}`)
  }
}
