/** The gateway's outgoing webhooks: a token in the address, and a signature where the script asks for one. */
import { createHmac } from 'node:crypto'
import type { Clock } from '../../../kernel/clock.ts'
import { HONEST_WEBHOOKS, type WebhookScript, WebhookSender } from '../../simulation/webhook-sender.ts'

export interface PakasirWebhookTarget {
  /** The merchant's registered address, with its `?token=`. */
  readonly url: string
  /** Signs bodies where the script asks for a signature. */
  readonly secret?: string
}

export interface PakasirWebhookScript extends WebhookScript {
  readonly signature: 'none' | 'good' | 'bad'
}

export type PakasirWebhooks = WebhookSender<PakasirWebhookScript, PakasirWebhookTarget>

// What gateways of this kind do until the merchant answers 2xx.
const RETRY_AFTER_MS = [5_000, 30_000, 120_000, 600_000]

export function pakasirWebhooks(clock: Clock, target: PakasirWebhookTarget | undefined): PakasirWebhooks {
  return new WebhookSender<PakasirWebhookScript, PakasirWebhookTarget>({
    clock,
    target,
    honest: { ...HONEST_WEBHOOKS, signature: 'none' },
    addressed: ({ url, secret }, { body, script }) => {
      const signature = signatureOf(body, script, secret)
      return {
        url: addressOf(url, script),
        ...(signature ? { headers: { 'x-pakasir-signature': signature } } : {}),
      }
    },
    retryAfterMs: () => RETRY_AFTER_MS,
    answerWithinMs: 10_000,
    retriesTimeouts: true,
  })
}

function addressOf(registered: string, { token }: WebhookScript): URL {
  const url = new URL(registered)
  if (token === 'bad') url.searchParams.set('token', 'not-the-token')
  if (token === 'none') url.searchParams.delete('token')
  return url
}

function signatureOf(body: string, { signature }: PakasirWebhookScript, secret = ''): string | undefined {
  if (signature === 'none') return undefined
  const key = signature === 'good' ? secret : `not-${secret}`
  return createHmac('sha256', key).update(body).digest('hex')
}
