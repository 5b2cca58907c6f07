/** The notices of a refund (databases/db_store1: request_refund, decide_refund). */
import { telegramFailure } from '../../../gateways/telegram/failures.ts'
import { sql } from '../../../postgres/sql.ts'
import { selectRefund } from '../refunds/refund.queries.ts'
import type { RefundView } from '../refunds/refund-view.ts'
import type { Store } from '../store.ts'
import { type Message, textPayload } from './message.ts'
import { refundDecided, refundPaid, refundRejected, refundToDecide } from './messages/refund.ts'
import { call, type Notices } from './notice.ts'
import type { OutboxRow } from './outbox.queries.ts'
import { type Sent, said, skipped } from './sent.ts'

export const refundNotices: Notices = {
  refund_paid: async (store, row) => await tell(store, row, refundPaid),
  refund_rejected: async (store, row) => await tell(store, row, refundRejected),
  staff_refund_requested: askStaff,
  staff_refund_decided: tellStaff,
}

async function tell(store: Store, row: OutboxRow, render: (refund: RefundView) => Message): Promise<Sent> {
  const refund = await refundOf(store, row)
  return refund
    ? await call(store, row, 'sendMessage', textPayload(render(refund)))
    : skipped('there is no such refund')
}

async function askStaff(store: Store, row: OutboxRow): Promise<Sent> {
  const refund = await refundOf(store, row)
  if (refund?.status !== 'requested') return skipped('the refund is decided')
  return await call(store, row, 'sendMessage', textPayload(refundToDecide(refund)))
}

/** In place of the question, so that nobody answers it again; by itself where that cannot be changed any more. */
async function tellStaff(store: Store, row: OutboxRow): Promise<Sent> {
  const refund = await refundOf(store, row)
  if (!refund) return skipped('there is no such refund')
  const asked = await store.db.maybeOne<{ message_id: bigint | null }>(sql`
    select message_id from telegram_outbox
      where dedupe_key = ${`staff_refund_requested:${refund.id}:${row.chat_id}`}`)
  if (!asked?.message_id) return await call(store, row, 'sendMessage', textPayload(refundDecided(refund)))
  const place = { chat_id: Number(row.chat_id), message_id: Number(asked.message_id) }
  try {
    return said(
      await store.telegram.call('editMessageText', { ...place, ...textPayload(refundDecided(refund)) }),
    )
  } catch (error) {
    if (telegramFailure(error).kind !== 'rejected') throw error
    return await call(store, row, 'sendMessage', textPayload(refundDecided(refund)))
  }
}

async function refundOf(store: Store, { ref_id }: OutboxRow): Promise<RefundView | undefined> {
  return ref_id === null ? undefined : await selectRefund(store.db, BigInt(ref_id))
}
