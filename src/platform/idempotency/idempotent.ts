/** One effect per Idempotency-Key, with Stripe's semantics; the answer is stored with the effect or not at all. */
import { createHash } from 'node:crypto'
import { fail as kernelFail } from '../../kernel/errors.ts'
import { sql } from '../../postgres/sql.ts'
import type { Tx } from '../../postgres/transaction.ts'
import { canonicalJson } from './canonical-json.ts'

export interface IdempotentRequest {
  /** Who may reuse the key and for what: "POST /orders:100000001". Keys of two scopes never meet. */
  readonly scope: string
  /** The caller's key, 1 to 255 characters. */
  readonly key: string
  /** Everything that makes it the same request: body, path parameters. */
  readonly request: unknown
}

/**
 * Runs `work` once for this key and answers what it answered then. The answer is plain JSON and comes back as
 * JSON gives it the first time too, so that a date or bigint in it cannot change its type on the second.
 *
 * A `work` that throws stores nothing, so that the same request may be tried again.
 * @throws idempotency_conflict where the key came with another request.
 * @throws idempotency_in_flight where another transaction is at it right now; never waits for it.
 */
export async function idempotent<Answer>(
  tx: Tx,
  { scope, key, request }: IdempotentRequest,
  work: () => Promise<Answer>,
): Promise<Answer> {
  if (key.length < 1 || key.length > 255 || key.includes('\0')) {
    throw kernelFail('bad_request', { reason: 'an idempotency key has 1 to 255 characters' })
  }
  const hash = requestHash(request)
  const { stored } = await tx.one<{ stored: { answer?: Answer } | null }>(
    sql`select niaga.idempotency_begin(${scope}, ${key}, ${hash}) as stored`,
  )
  if (stored) return stored.answer as Answer
  const answer = sql.json({ answer: await work() })
  await tx.run(sql`select niaga.idempotency_finish(${scope}, ${key}, ${hash}, ${answer})`)
  // The caller names the answer's type; what is stored under scope and key came out of the same `work`.
  return (JSON.parse(answer) as { answer: Answer }).answer
}

/** The same for bodies that differ only in spacing or in the order of their keys. */
export function requestHash(request: unknown): string {
  return createHash('sha256').update(canonicalJson(request)).digest('hex')
}
