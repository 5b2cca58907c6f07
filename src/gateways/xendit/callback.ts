/**
 * The gateway's callbacks (UserState, section 7.2). The token is a shared secret that anybody who saw one callback
 * can replay: even a genuine callback is only a hint to ask the gateway.
 */
import { createHash } from 'node:crypto'
import Type from 'typebox'
import { Compile } from 'typebox/compile'
import { sameSecret } from '../../platform/crypto/field-keys.ts'
import { parseJson } from '../exchange.ts'

const word = Type.String({ minLength: 1, maxLength: 255, pattern: '^[^\\u0000]*$' })
const isInvoice = Compile(Type.Object({ id: word, external_id: word, status: word }))
const isPayout = Compile(
  Type.Object({ event: word, data: Type.Object({ id: word, reference_id: word, status: word }) }),
)

export interface InvoiceCallback {
  readonly id: string
  readonly externalId: string
  readonly status: string
}

export interface PayoutCallback {
  readonly id: string
  readonly referenceId: string
  /** Of the payout: the event's name may disagree and is not trusted. */
  readonly status: string
}

/** Compares `x-callback-token` in constant time; without a configured token every callback is refused. */
export function verifyXenditCallback(header: unknown, token: string | undefined): boolean {
  return Boolean(token) && typeof header === 'string' && sameSecret(header, token ?? '')
}

/** `webhook-id`, or a hash of the body where the gateway sends none: equal for copies of one event. */
export function callbackId(header: unknown, rawBody: Buffer): string {
  const given = typeof header === 'string' && /^[\x21-\x7e]{1,200}$/.test(header) ? header : undefined
  return given ?? createHash('sha256').update(rawBody).digest('hex')
}

/** Undefined where the body is not an invoice callback; unknown fields are let through. */
export function parseInvoiceCallback(rawBody: Buffer): InvoiceCallback | undefined {
  const body = parseJson(rawBody.toString('utf8'))
  if (!isInvoice.Check(body)) return undefined
  return { id: body.id, externalId: body.external_id, status: body.status }
}

/** Undefined where the body is not a payout callback. */
export function parsePayoutCallback(rawBody: Buffer): PayoutCallback | undefined {
  const body = parseJson(rawBody.toString('utf8'))
  if (!isPayout.Check(body)) return undefined
  const { id, reference_id: referenceId, status } = body.data
  return { id, referenceId, status }
}
