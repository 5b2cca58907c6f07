/** The Bot API's refusals, with the texts that the real one uses. */

/** An answer with `ok: false`; `status` is both the HTTP status and `error_code`. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number
  readonly parameters: { readonly retry_after?: number; readonly migrate_to_chat_id?: number } | undefined

  constructor(status: number, description: string, parameters?: Refusal['parameters']) {
    super(description)
    this.status = status
    this.parameters = parameters
  }
}

export function badRequest(what: string): Refusal {
  return new Refusal(400, `Bad Request: ${what}`)
}

export function forbidden(what: string): Refusal {
  return new Refusal(403, `Forbidden: ${what}`)
}

export function conflict(what: string): Refusal {
  return new Refusal(409, `Conflict: ${what}`)
}

export function tooManyRequests(retryAfter: number): Refusal {
  return new Refusal(429, `Too Many Requests: retry after ${retryAfter}`, { retry_after: retryAfter })
}

export function migratedTo(chatId: number): Refusal {
  return new Refusal(400, 'Bad Request: group chat was upgraded to a supergroup chat', {
    migrate_to_chat_id: chatId,
  })
}
