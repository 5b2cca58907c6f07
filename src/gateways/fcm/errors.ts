/**
 * Why a message did not reach a device:
 * - `dead_token`: this token will never work again; disable it
 * - `rejected`: this message will never be taken; do not repeat it
 * - `retry`: the service, or our access to it, is at fault; repeat later, at the earliest after `retryAfterMs`
 * - `not_asked`: the service failed repeatedly and was spared; this was no try, and `retryAfterMs` says when the next may be
 */
export type FcmFailure = 'dead_token' | 'rejected' | 'retry' | 'not_asked'

/** Carries neither device token nor text, so it may be logged. */
export class FcmError extends Error {
  override readonly name = 'FcmError'
  readonly kind: FcmFailure
  /** The service's word, such as UNREGISTERED or QUOTA_EXCEEDED; NO_ANSWER where there was none. */
  readonly code: string
  readonly retryAfterMs: number | undefined

  constructor(kind: FcmFailure, code: string, message: string, retryAfterMs?: number) {
    super(message)
    this.kind = kind
    this.code = code
    this.retryAfterMs = retryAfterMs
  }
}
