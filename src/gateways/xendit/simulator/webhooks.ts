/** The gateway's callbacks: a static token and an id in headers, six retries, none after its own timeout. */
import type { Clock } from '../../../kernel/clock.ts'
import { HONEST_WEBHOOKS, type WebhookScript, WebhookSender } from '../../simulation/webhook-sender.ts'

export interface XenditWebhookTarget {
  /** "https://shop.example/webhooks/xendit": callbacks go to `…/invoices` and `…/payouts` below it. */
  readonly url: string
  readonly token: string
}

/** Which callback address of the merchant's a callback goes to. */
export type CallbackKind = 'invoices' | 'payouts'

export type XenditWebhooks = WebhookSender<WebhookScript, XenditWebhookTarget>

const MINUTE = 60_000
/** UserState, section 7.1: "after 15 m, 45 m, 2 h, 3 h, 6 h, 12 h". */
const RETRY_AFTER_MS = [15, 45, 120, 180, 360, 720].map((minutes) => minutes * MINUTE)

export function xenditWebhooks(
  clock: Clock,
  target: XenditWebhookTarget | undefined,
  /** By which the pauses are multiplied. */
  retryFactor: () => number,
): XenditWebhooks {
  return new WebhookSender<WebhookScript, XenditWebhookTarget>({
    clock,
    target,
    honest: HONEST_WEBHOOKS,
    addressed: ({ url, token }, { id, subject, script }) => ({
      url: `${url}/${kindOf(subject)}`,
      headers: {
        'webhook-id': id,
        ...(script.token === 'good' ? { 'x-callback-token': token } : {}),
        ...(script.token === 'bad' ? { 'x-callback-token': 'not-the-token' } : {}),
      },
    }),
    retryAfterMs: () => RETRY_AFTER_MS.map((pause) => pause * retryFactor()),
    answerWithinMs: 30_000,
    retriesTimeouts: false,
  })
}

function kindOf(id: string): CallbackKind {
  return id.startsWith('disb-') ? 'payouts' : 'invoices'
}
