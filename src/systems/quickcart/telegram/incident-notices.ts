/** What the staff is told when something is wrong, and when it is right again (shop/incidents.ts). */
import type { Store } from '../store.ts'
import { textPayload } from './message.ts'
import { incidentNotice } from './messages/incidents.ts'
import { call, type Notices } from './notice.ts'
import type { OutboxRow } from './outbox.queries.ts'
import { type Sent, skipped } from './sent.ts'

export const incidentNotices: Notices = {
  staff_incident: (store, row) => tell(store, row, false),
  staff_incident_over: (store, row) => tell(store, row, true),
}

async function tell(store: Store, row: OutboxRow, isOver: boolean): Promise<Sent> {
  const message = incidentNotice(row.payload.incident, row.payload, isOver)
  if (!message) return skipped('there is no such incident')
  return await call(store, row, 'sendMessage', textPayload(message))
}
