/**
 * How a call failed:
 * - `network`: no connection, or it broke; the call may or may not have had its effect
 * - `timeout`: no whole answer in time; it may have had its effect
 * - `server`: HTTP 5xx
 * - `refused`: the gateway answered no (HTTP 4xx); 429 is the only one worth repeating
 * - `not_found`: HTTP 404, the gateway knows no such transaction
 * - `malformed`: an answer that is not what the protocol promises, so nothing in it is believed
 * - `unavailable`: not asked at all, because the circuit is open
 * - `not_yet`: not asked yet, because our own calls of this minute are used up; `turnAt` says when there are some again
 */
export type PakasirFailure =
  | 'network'
  | 'timeout'
  | 'server'
  | 'refused'
  | 'not_found'
  | 'malformed'
  | 'unavailable'
  | 'not_yet'

/** What every call of the client throws. It carries neither key nor address, so it may be logged. */
export class PakasirError extends Error {
  override readonly name = 'PakasirError'
  readonly kind: PakasirFailure
  /** True where the same call may succeed later. All calls are safe to repeat with the same order_id. */
  readonly retryable: boolean
  /** HTTP status, where there was an answer. */
  readonly status: number | undefined
  /** `code` of the gateway's error body, where it sent one. */
  readonly gatewayCode: string | undefined
  /** With `not_yet` alone: from when the call may be made. */
  readonly turnAt: Date | undefined

  constructor(
    kind: PakasirFailure,
    message: string,
    about: { status?: number; gatewayCode?: string; turnAt?: Date } = {},
  ) {
    super(message)
    this.kind = kind
    this.status = about.status
    this.gatewayCode = about.gatewayCode
    this.turnAt = about.turnAt
    this.retryable = kind !== 'not_found' && (kind !== 'refused' || about.status === 429)
  }
}
