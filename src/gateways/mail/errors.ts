/**
 * Why a mail was not handed over:
 * - `refused`: the server will never take this mail; do not repeat
 * - `temporary`: not taken; repeating later may help
 * - `unknown`: the connection broke after the text was sent. It may have arrived; repeating it with the same id lets
 *   the receiver recognise the copy
 */
export type MailFailure = 'refused' | 'temporary' | 'unknown'

/** Carries neither address nor text, so it may be logged. */
export class MailError extends Error {
  override readonly name = 'MailError'
  readonly kind: MailFailure
  /** The server's answer, where there was one: 550. */
  readonly status: number | undefined

  constructor(kind: MailFailure, message: string, status?: number) {
    super(message)
    this.kind = kind
    this.status = status
  }
}
