/** What the service's answers mean (https://firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode). */
import Type from 'typebox'
import { Compile } from 'typebox/compile'
import { parseJson } from '../exchange.ts'
import { FcmError } from './errors.ts'

const sent = Compile(Type.Object({ name: Type.String({ minLength: 1 }) }))
const refused = Compile(
  Type.Object({
    error: Type.Object({
      status: Type.Optional(Type.String()),
      message: Type.Optional(Type.String()),
      details: Type.Optional(Type.Array(Type.Object({}))),
    }),
  }),
)

export interface Answer {
  readonly status: number
  readonly text: string
  /** The Retry-After header. */
  readonly retryAfter: string | null
}

/** The message's name. @throws FcmError */
export function readAnswer({ status, text, retryAfter }: Answer): string {
  const body = parseJson(text)
  if (status === 200 && sent.Check(body)) return body.name
  const error = refused.Check(body) ? body.error : {}
  const code = errorCode(error.details) ?? error.status ?? `HTTP_${status}`
  const message = `the service answers ${status} ${code}`
  if (status === 404 && code === 'UNREGISTERED') throw new FcmError('dead_token', code, message)
  if (status === 403 && code === 'SENDER_ID_MISMATCH') throw new FcmError('dead_token', code, message)
  if (status === 400) {
    throw new FcmError(isAboutToken(error) ? 'dead_token' : 'rejected', code, message)
  }
  // 401, other 403 and 404: our access or our project is wrong, and the message is good.
  throw new FcmError('retry', code, message, retryAfterMs(retryAfter))
}

/** 401: the access token is not taken, or no more. */
export function isUnauthenticated({ status, text }: Answer): boolean {
  const body = parseJson(text)
  const code = refused.Check(body) ? errorCode(body.error.details) : undefined
  return status === 401 && code !== 'THIRD_PARTY_AUTH_ERROR'
}

interface RefusedError {
  readonly message?: string
  readonly details?: readonly object[]
}

function errorCode(details: readonly object[] = []): string | undefined {
  const code = details.map((each) => ('errorCode' in each ? each.errorCode : undefined)).find(Boolean)
  return typeof code === 'string' ? code.slice(0, 64) : undefined
}

/**
 * A bad argument is the token's fault where the violation names it. The service also sends a form without
 * violations, whose message alone says so.
 */
function isAboutToken({ message = '', details = [] }: RefusedError): boolean {
  const violations = details.flatMap((each) => ('fieldViolations' in each ? each.fieldViolations : []))
  if (violations.length > 0) return JSON.stringify(violations).includes('"message.token"')
  return /registration token is not a valid/i.test(message)
}

/** Seconds, or a date of HTTP. */
function retryAfterMs(header: string | null): number | undefined {
  if (header === null) return undefined
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000
  return Number.isFinite(seconds) ? Math.max(0, seconds * 1000) : undefined
}
