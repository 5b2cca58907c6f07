/** Broadcasts and giveaways: everybody heard what was sent, nobody what was called back in time. */
import { sql } from '../../../src/postgres/sql.ts'
import type { Stage } from '../stage.ts'
import type { KnownBroadcast, Model } from './model.ts'

interface BroadcastRow {
  readonly id: number
  readonly status: string
  readonly total: number
  readonly sent: number
  readonly failed: number
  readonly messages: number
  readonly readers: number
  readonly delivered: number
}

export async function compareBroadcasts(stage: Stage, model: Model): Promise<void> {
  const rows = await stage.db.many<BroadcastRow>(sql`
    select b.id::int, b.status, b.total_count as total, b.sent_count as sent, b.failed_count as failed,
        count(o.id)::int as messages, count(distinct o.chat_id)::int as readers,
        count(*) filter (where o.status = 'sent')::int as delivered
      from broadcasts b
      left join telegram_outbox o on o.ref_type = 'broadcast' and o.ref_id = b.id::text
      group by b.id`)
  const there = new Map(rows.map((row) => [row.id, row]))
  for (const [id, known] of model.broadcasts) {
    const row = there.get(id)
    if (row) compareBroadcast(stage, model, known, row)
    else model.violated('lost', `broadcast ${id} was acknowledged and is not there`)
  }
}

function compareBroadcast(stage: Stage, model: Model, known: KnownBroadcast, row: BroadcastRow): void {
  const say = (oracle: string, detail: string) => model.violated(oracle, `broadcast ${row.id} ${detail}`)
  const { text, sentTold, cancelTold } = known
  const expected = cancelTold ? 'cancelled' : sentTold ? 'done' : 'draft'
  if (row.status === 'sending') say('stuck', 'is still being sent')
  else if (row.status !== expected) say('turned back', `should be ${expected}, and is ${row.status}`)
  if (row.messages !== row.readers) say('doubled', `has ${row.messages} messages for ${row.readers} people`)
  if (row.sent !== row.delivered) say('counts', `counts ${row.sent} sent, and sent ${row.delivered}`)
  if (row.status === 'draft' && row.messages > 0) say('doubled', 'was not sent, and has messages')
  if (row.status !== 'done') return
  if (row.total !== row.sent + row.failed) say('counts', `has ${row.total}: ${row.sent} and ${row.failed}`)
  for (const person of model.opening.keys()) {
    if (model.everBanned.has(person)) continue
    const { messages, deleted } = stage.telegram.chat(person)
    if (![...messages, ...deleted].some((message) => message.text?.includes(text)))
      say('not told', `was not heard by ${person}`)
  }
}
