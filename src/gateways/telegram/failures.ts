/**
 * What a refused or failed Bot API call means for the caller: wait, give up, go on, or try again.
 * The rules are QuickCart's, section 7.1; the shapes are those of https://core.telegram.org/bots/api#making-requests.
 */
import { GrammyError, HttpError } from 'grammy'

export type TelegramFailure =
  /** 429: send nothing to this chat for that many seconds. */
  | { readonly kind: 'rate_limited'; readonly retryAfter: number }
  /** 403: the person blocked the bot, is gone, or never started it. Never retried. */
  | { readonly kind: 'blocked'; readonly description: string }
  /** The group became a supergroup; the same call is right with this chat id. */
  | { readonly kind: 'migrated'; readonly chatId: number }
  /** What was asked for is already so: nothing changed, or the message is gone. */
  | { readonly kind: 'done'; readonly description: string }
  /** 400, 401, 404 and the like: the same call will never succeed. */
  | { readonly kind: 'rejected'; readonly description: string }
  /** 409: another consumer reads this bot's updates, or a webhook is set. */
  | { readonly kind: 'conflict'; readonly description: string }
  /** 5xx, network, time-out: try again later; the call may or may not have had its effect. */
  | { readonly kind: 'retry'; readonly description: string }

/** What every call of the client throws. It carries neither token nor payload, so it may be logged. */
export class TelegramError extends Error {
  override readonly name = 'TelegramError'
  readonly method: string
  readonly failure: TelegramFailure

  constructor(method: string, failure: TelegramFailure) {
    super(`${method}: ${describe(failure)}`)
    this.method = method
    this.failure = failure
  }
}

/** A Bot API answer with `ok: false`. */
export interface RefusedAnswer {
  readonly error_code: number
  readonly description: string
  readonly parameters?:
    | { readonly retry_after?: number | undefined; readonly migrate_to_chat_id?: number | undefined }
    | undefined
}

/** Classifies whatever a call threw. An error that Telegram did not answer with counts as `retry`. */
export function telegramFailure(error: unknown): TelegramFailure {
  if (error instanceof TelegramError) return error.failure
  if (error instanceof GrammyError) return failureOf(error)
  const cause = error instanceof HttpError ? error.error : error
  return { kind: 'retry', description: withoutToken(cause instanceof Error ? cause.message : String(cause)) }
}

/** Classifies an answer with `ok: false`. */
export function failureOf({ error_code: status, description, parameters }: RefusedAnswer): TelegramFailure {
  if (parameters?.migrate_to_chat_id !== undefined) {
    return { kind: 'migrated', chatId: parameters.migrate_to_chat_id }
  }
  if (status === 429) return { kind: 'rate_limited', retryAfter: parameters?.retry_after ?? 1 }
  if (status === 403) return { kind: 'blocked', description }
  if (status === 409) return { kind: 'conflict', description }
  if (status >= 500) return { kind: 'retry', description }
  const isDone = /message is not modified|message to delete not found/i.test(description)
  return { kind: isDone ? 'done' : 'rejected', description }
}

/** Network errors quote the address, and the address holds the token. */
function withoutToken(text: string): string {
  return text.replace(/\bbot\d+:[\w-]+/g, 'bot<token>')
}

function describe(failure: TelegramFailure): string {
  if (failure.kind === 'rate_limited') return `rate limited for ${failure.retryAfter} s`
  if (failure.kind === 'migrated') return `the group is now chat ${failure.chatId}`
  return failure.description
}
