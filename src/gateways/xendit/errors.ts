/**
 * How a call failed, by what its caller may conclude:
 * - `rejected`: the gateway answered no (HTTP 4xx); nothing was done, and the same call fails again
 * - `not_found`: HTTP 404, the gateway knows no such thing
 * - `not_admitted`: HTTP 401 or 403, our key is not taken: no word about what was asked, and nothing was done by this call
 * - `busy`: HTTP 429; nothing was done, later it may succeed
 * - `unavailable`: not asked at all, because the circuit is open after repeated failures
 * - `no_answer`: a question that got no answer which can be believed; asking again is harmless
 * - `unknown`: see XenditUnknownOutcome
 */
export type XenditFailure =
  | 'rejected'
  | 'not_found'
  | 'not_admitted'
  | 'busy'
  | 'unavailable'
  | 'no_answer'
  | 'unknown'

/** What every call of the client throws. It carries neither key nor address, so it may be logged. */
export class XenditError extends Error {
  override readonly name: string = 'XenditError'
  readonly kind: XenditFailure
  /** HTTP status, where there was an answer. */
  readonly status: number | undefined
  /** `error_code` of the gateway's error body, where it sent one. */
  readonly gatewayCode: string | undefined

  constructor(kind: XenditFailure, message: string, answer: { status?: number; gatewayCode?: string } = {}) {
    super(message)
    this.kind = kind
    this.status = answer.status
    this.gatewayCode = answer.gatewayCode
  }

  /** True where the gateway has said no, so that waiting changes nothing. */
  get final(): boolean {
    return this.kind === 'rejected' || this.kind === 'not_found'
  }
}

/**
 * The gateway was told to do something and may or may not have done it: no answer in time, a broken connection,
 * HTTP 5xx or 408, an answer that cannot be believed, or 409 for a key that it has seen with another body. Nothing may be
 * undone on our side before the gateway has been asked what became of it.
 */
export class XenditUnknownOutcome extends XenditError {
  override readonly name = 'XenditUnknownOutcome'

  constructor(message: string, answer: { status?: number; gatewayCode?: string } = {}) {
    super('unknown', message, answer)
  }
}
