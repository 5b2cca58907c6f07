/** Every failure as RFC 9457 `application/problem+json`, with nothing of our insides in it. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { DomainError, fail } from '../../kernel/errors.ts'
import type { Log } from '../../kernel/log.ts'
import { toJson } from './json.ts'

export const PROBLEM_TYPE = 'application/problem+json'

export interface Problem {
  /** Where the error is explained: an entry of the page at `/errors`. */
  readonly type: string
  readonly title: string
  readonly status: number
  /** Stable; the only thing a program should look at. */
  readonly code: string
  readonly detail: string
  readonly request_id: string
}

/** The error as the caller may see it; the details of a domain error are members of the problem. */
export function toProblem(error: DomainError, requestId: string): Problem & Record<string, unknown> {
  return {
    // Before the standard members, which a detail of the same name must not replace.
    ...error.details,
    type: `/errors#${error.code}`,
    title: titleOf(error.code),
    status: error.status,
    code: error.code,
    detail: error.message,
    request_id: requestId,
  }
}

/** "out_of_stock" → "Out of stock" */
export function titleOf(code: string): string {
  const words = code.toLowerCase().replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

export function sendProblem(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  log: Log,
): FastifyReply {
  const known = toDomainError(error, request.routeOptions.bodyLimit)
  if (known.status >= 500) {
    log.error(
      { request_id: request.id, route: request.routeOptions.url, code: known.code, err: error },
      'request failed',
    )
  }
  reply.problemCode = known.code
  const { retry_after: retryAfter } = known.details
  if (retryAfter !== undefined)
    reply.header('retry-after', String(Math.max(1, Math.ceil(Number(retryAfter)))))
  if (known.status === 401) reply.header('www-authenticate', 'Bearer')
  return reply
    .code(known.status)
    .header('cache-control', 'no-store')
    .type(PROBLEM_TYPE)
    .send(toJson(toProblem(known, request.id)))
}

/** What Fastify and Node raise, in the words of the catalogue; whatever nobody foresaw becomes `internal`. */
export function toDomainError(error: unknown, bodyLimit: number | undefined): DomainError {
  if (error instanceof DomainError) return error
  const { code, statusCode } = read(error)
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return fail('payload_too_large', { limit: bodyLimit ?? 0 })
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return fail('unsupported_media_type')
  if (code === 'FST_ERR_CTP_INVALID_CONTENT_LENGTH')
    return fail('bad_request', { reason: 'Content-Length does not match the body' })
  if (code === 'FST_ERR_BAD_URL') return fail('bad_request', { reason: 'the address is not valid' })
  if (statusCode === 414) return fail('not_found')
  // Of what libraries answer below 500 only the status is trusted, their prose may quote the request.
  if (statusCode !== undefined && statusCode < 500) return fail('bad_request', { reason: 'it is malformed' })
  return fail('internal', {}, { cause: error })
}

function read(error: unknown): { code?: unknown; statusCode?: number } {
  if (typeof error !== 'object' || error === null) return {}
  return {
    ...('code' in error ? { code: error.code } : {}),
    ...('statusCode' in error && typeof error.statusCode === 'number'
      ? { statusCode: error.statusCode }
      : {}),
  }
}
