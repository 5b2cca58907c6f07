/**
 * The gateway's webhook. Its public protocol has no signature, so authenticity is ours to add (QuickCart,
 * section 7.4): the registered URL carries `?token=`, or a proxy in front signs the raw body. Even a genuine one
 * is only a hint: money moves after `detail` has confirmed it.
 */
import { createHmac } from 'node:crypto'
import Type from 'typebox'
import { Compile } from 'typebox/compile'
import { fail } from '../../kernel/errors.ts'
import { type Money, wholeMoney } from '../../kernel/money.ts'
import { sameSecret } from '../../platform/crypto/field-keys.ts'
import { wholeRupiah } from './answers.ts'
import { parseTimestamp } from './timestamps.ts'

/** U+0000 is nothing that a database could be asked for. */
const name = Type.String({ minLength: 1, maxLength: 100, pattern: '^[^\\u0000]*$' })

const webhookBody = Compile(
  Type.Object({
    amount: wholeRupiah,
    order_id: name,
    project: name,
    status: Type.String({ minLength: 1, maxLength: 40 }),
    payment_method: Type.Optional(Type.Union([Type.String({ maxLength: 40 }), Type.Null()])),
    completed_at: Type.Optional(Type.Union([Type.String({ maxLength: 60 }), Type.Null()])),
  }),
)

export interface PakasirWebhook {
  /** Net amount: the one sent at creation. */
  readonly amount: Money<'IDR'>
  readonly orderId: string
  readonly project: string
  /** "completed" is the only documented one. */
  readonly status: string
  readonly paymentMethod: string | null
  readonly completedAt: Date | null
}

export interface WebhookProof {
  readonly rawBody: Buffer
  /** Query parameter `token`. */
  readonly token: string | undefined
  /** Header X-Pakasir-Signature: hex HMAC-SHA256(raw body, secret). */
  readonly signature: string | undefined
  /** PAKASIR_WEBHOOK_SECRET; without one every webhook is refused. */
  readonly secret: string | undefined
}

/**
 * True where the sender knows the secret. A signature that is present decides alone: a wrong one is refused even
 * with a good token.
 */
export function verifyPakasirWebhook({ rawBody, token, signature, secret }: WebhookProof): boolean {
  if (!secret) return false
  if (signature !== undefined) {
    const expected = createHmac('sha256', secret).update(rawBody).digest('hex')
    return sameSecret(signature.trim().toLowerCase(), expected)
  }
  return token !== undefined && sameSecret(token, secret)
}

/** @throws bad_request where the body is not the documented JSON; unknown fields are let through */
export function parsePakasirWebhook(rawBody: Buffer): PakasirWebhook {
  const body = parse(rawBody)
  if (!webhookBody.Check(body)) throw fail('bad_request', { reason: 'the webhook lacks a documented field' })
  return {
    amount: wholeMoney('IDR', body.amount),
    orderId: body.order_id,
    project: body.project,
    status: body.status,
    paymentMethod: body.payment_method ?? null,
    completedAt: parseTimestamp(body.completed_at ?? '') ?? null,
  }
}

function parse(rawBody: Buffer): unknown {
  try {
    return JSON.parse(rawBody.toString('utf8'))
  } catch {
    throw fail('bad_request', { reason: 'the webhook is not JSON' })
  }
}
