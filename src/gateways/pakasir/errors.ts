/**
 * How a call failed:
 * - `network`: no connection, or it broke; the call may or may not have had its effect
 * - `timeout`: no whole answer in time; it may have had its effect
 * - `server`: HTTP 5xx
 * - `refused`: the gateway answered no (HTTP 4xx); 429 is the only one worth repeating
 * - `not_found`: HTTP 404, the gateway knows no such transaction
 * - `malformed`: an answer that is not what the protocol promises, so nothing in it is believed
 * - `unavailable`: not asked at all, because the circuit is open or our own share of calls is used up
 */
export type PakasirFailure =
  | 'network'
  | 'timeout'
  | 'server'
  | 'refused'
  | 'not_found'
  | 'malformed'
  | 'unavailable'

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

  constructor(kind: PakasirFailure, message: string, answer: { status?: number; gatewayCode?: string } = {}) {
    super(message)
    this.kind = kind
    this.status = answer.status
    this.gatewayCode = answer.gatewayCode
    this.retryable = kind !== 'not_found' && (kind !== 'refused' || answer.status === 429)
  }
}
