import { accountButtons } from './account.ts'
import { accountEditButtons } from './account-edit.ts'
import { broadcastButtons } from './broadcast.ts'
import { browseButtons } from './browse.ts'
import { checkoutButtons } from './checkout.ts'
import { depositButtons } from './deposit.ts'
import type { ButtonHandler } from './handlers.ts'
import { historyButtons } from './history.ts'
import { paymentButtons } from './payment.ts'
import { privacyButtons } from './privacy.ts'
import { refundButtons } from './refund.ts'
import { decisionButtons } from './refund-admin.ts'
import { startButtons } from './start.ts'

/** Every button that does something. */
export const buttons: readonly ButtonHandler[] = [
  ...startButtons,
  ...browseButtons,
  ...checkoutButtons,
  ...paymentButtons,
  ...depositButtons,
  ...accountButtons,
  ...accountEditButtons,
  ...historyButtons,
  ...refundButtons,
  ...privacyButtons,
  ...decisionButtons,
  ...broadcastButtons,
]
