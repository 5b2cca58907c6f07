/** Every kind of notice; each subject has its own. */
import { commandMenuNotices } from '../bot/command-menu.ts'
import type { Store } from '../store.ts'
import { billNotices } from './bill-notices.ts'
import { correspondence } from './correspondence.ts'
import { digestNotices } from './digest.ts'
import { incidentNotices } from './incident-notices.ts'
import type { Notices } from './notice.ts'
import type { OutboxRow } from './outbox.queries.ts'
import { peopleNotices } from './people-notices.ts'
import { privacyNotices } from './privacy-notices.ts'
import { refundNotices } from './refund-notices.ts'
import type { Sent } from './sent.ts'
import { stockNotices } from './stock-notices.ts'
import { watchNotices } from './watch-notices.ts'

const notices: Notices = {
  ...billNotices,
  ...digestNotices,
  ...refundNotices,
  ...peopleNotices,
  ...stockNotices,
  ...commandMenuNotices,
  ...incidentNotices,
  ...correspondence,
  ...privacyNotices,
  ...watchNotices,
}

/** @throws TelegramError, TypeError where nobody knows such a notice. */
export async function sendNotice(store: Store, row: OutboxRow, kind: string): Promise<Sent> {
  const send = notices[kind]
  if (!send) throw new TypeError(`there is no notice "${kind}"`)
  return await send(store, row)
}
