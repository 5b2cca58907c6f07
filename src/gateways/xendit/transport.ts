/** One exchange with the gateway: a checked answer or a typed failure, and never a word with the key in it. */
import { exchange, NoAnswerError, parseJson } from '../exchange.ts'
import type { Reader } from './answers.ts'
import { XenditError, XenditUnknownOutcome } from './errors.ts'

export interface XenditCall<T> {
  /** For messages and logs: "create invoice". */
  readonly call: string
  readonly url: URL
  readonly body?: object
  readonly idempotencyKey?: string
  /** Whether it tells the gateway to do something, or only asks. */
  readonly effect: boolean
  readonly read: Reader<T>
}

export interface XenditAccess {
  readonly secretKey: string
  readonly timeoutMs: number
}

/** @throws XenditError, XenditUnknownOutcome for an effect whose outcome is not known */
export async function ask<T>(request: XenditCall<T>, access: XenditAccess): Promise<T> {
  const { status, text } = await send(request, access)
  if (status < 200 || status > 299) throw refusal(request, access.secretKey, status, text)
  const answer = request.read(parseJson(text))
  if (answer !== undefined) return answer
  throw unanswered(request, `${request.call}: the answer is not what the protocol promises`, { status })
}

async function send<T>(request: XenditCall<T>, { secretKey, timeoutMs }: XenditAccess) {
  const { call, url, body, idempotencyKey, effect } = request
  const headers = {
    authorization: `Basic ${Buffer.from(`${secretKey}:`).toString('base64')}`,
    ...(idempotencyKey ? { 'idempotency-key': idempotencyKey } : {}),
  }
  try {
    const method = effect ? 'POST' : 'GET'
    return await exchange({ call, url, method, headers, timeoutMs, ...(body ? { body } : {}) })
  } catch (error) {
    if (error instanceof NoAnswerError) throw unanswered(request, error.message)
    throw error
  }
}

function refusal<T>(request: XenditCall<T>, secretKey: string, status: number, text: string): XenditError {
  const { code, said } = errorBody(text, secretKey)
  const message = `${request.call}: HTTP ${status}${said ? `: ${said}` : ''}`
  const answer = { status, ...(code ? { gatewayCode: code } : {}) }
  if (status === 404) return new XenditError('not_found', message, answer)
  if (status === 401 || status === 403) return new XenditError('not_admitted', message, answer)
  if (status === 429) return new XenditError('busy', message, answer)
  // 409: this key came with another body before, so something may have been done under it.
  const isNo = status >= 400 && status < 500 && status !== 408 && !(status === 409 && request.effect)
  return isNo ? new XenditError('rejected', message, answer) : unanswered(request, message, answer)
}

function unanswered<T>(
  { effect }: XenditCall<T>,
  message: string,
  answer: { status?: number; gatewayCode?: string } = {},
): XenditError {
  return effect ? new XenditUnknownOutcome(message, answer) : new XenditError('no_answer', message, answer)
}

/** Account and phone numbers, also in groups. */
const NUMBERS = /\d(?:[ .-]?\d){4,}/g

/** The gateway's errors are `{ error_code, message }`; what is not is not quoted. */
function errorBody(text: string, secretKey: string): { code?: string; said?: string } {
  const body = parseJson(text)
  if (typeof body !== 'object' || body === null) return {}
  const clean = (value: string, length: number) =>
    value.replaceAll(secretKey, '…').replace(NUMBERS, '…').slice(0, length)
  return {
    ...('error_code' in body && typeof body.error_code === 'string'
      ? { code: clean(body.error_code, 60) }
      : {}),
    ...('message' in body && typeof body.message === 'string' ? { said: clean(body.message, 200) } : {}),
  }
}
