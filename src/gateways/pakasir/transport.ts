/** One HTTP exchange with the gateway: JSON or a typed failure, and never a word with the key in it. */
import { PakasirError } from './errors.ts'

/** The answers are a few hundred bytes; anything larger is not one of them. */
const MAX_ANSWER_BYTES = 64 * 1024

export interface Exchange {
  /** Name of the call for messages and logs: "create". */
  readonly call: string
  readonly url: URL
  readonly method: 'GET' | 'POST'
  readonly body?: object
  readonly timeoutMs: number
  /** Blanked in whatever the gateway says. */
  readonly secret: string
}

/** @throws PakasirError; the error of `fetch` is not its cause, since it may quote the address with the key */
export async function exchange(request: Exchange): Promise<unknown> {
  const { response, text } = await send(request)
  if (response.ok) return parse(request.call, text, response.status)
  throw refusal(request, response.status, text)
}

async function send({ call, url, method, body, timeoutMs }: Exchange) {
  try {
    const response = await fetch(url, {
      method,
      // A redirect would carry the key to wherever it points.
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
      headers: { accept: 'application/json', ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    return { response, text: await readText(response) }
  } catch (error) {
    if (error instanceof DOMException && error.name === 'TimeoutError') {
      throw new PakasirError('timeout', `${call}: no answer within ${timeoutMs} ms`)
    }
    throw new PakasirError('network', `${call}: ${reasonOf(error)}`)
  }
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > MAX_ANSWER_BYTES) return ''
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** "ECONNREFUSED", not the message: it may hold the address. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined
  return code ?? 'the connection failed'
}

function parse(call: string, text: string, status: number): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new PakasirError('malformed', `${call}: the answer is not JSON`, { status })
  }
}

function refusal({ call, secret }: Exchange, status: number, text: string): PakasirError {
  const { error, code } = errorBody(text)
  const said = error ? `: ${withoutKey(error, secret).slice(0, 200)}` : ''
  const answer = { status, ...(code ? { gatewayCode: withoutKey(code, secret).slice(0, 60) } : {}) }
  const message = `${call}: HTTP ${status}${said}`
  if (status >= 500) return new PakasirError('server', message, answer)
  if (status === 404) return new PakasirError('not_found', message, answer)
  return new PakasirError(status >= 400 ? 'refused' : 'malformed', message, answer)
}

/** The gateway's errors are `{ error, code }`; what is not is not quoted. */
function errorBody(text: string): { error?: string; code?: string } {
  try {
    const body: unknown = JSON.parse(text)
    if (typeof body !== 'object' || body === null) return {}
    return {
      ...('error' in body && typeof body.error === 'string' ? { error: body.error } : {}),
      ...('code' in body && typeof body.code === 'string' ? { code: body.code } : {}),
    }
  } catch {
    return {}
  }
}

function withoutKey(text: string, secret: string): string {
  return text
    .replaceAll(secret, '…')
    .replaceAll(encodeURIComponent(secret), '…')
    .replace(/api_key=[^&\s"']*/g, 'api_key=…')
}
