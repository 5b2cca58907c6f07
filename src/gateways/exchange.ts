/** One HTTP exchange with an outside party: its answer, or a typed reason why there is none. */

/** Why there was no answer; the error of `fetch` is not its cause, since it may quote an address with a key. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError'
  readonly kind: 'network' | 'timeout'

  constructor(kind: 'network' | 'timeout', message: string) {
    super(message)
    this.kind = kind
  }
}

export interface Exchange {
  /** Name of the call for messages and logs: "create". */
  readonly call: string
  readonly url: URL
  readonly method: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON, or as the form that it is. */
  readonly body?: object | URLSearchParams
  readonly timeoutMs: number
}

/** The answers are a few kilobytes; anything larger is not one of them, and reads as empty. */
const MAX_ANSWER_BYTES = 256 * 1024

export interface Answered {
  readonly status: number
  readonly text: string
  readonly headers: Headers
}

/** Answers whatever the status. @throws NoAnswerError */
export async function exchange(request: Exchange): Promise<Answered> {
  const { call, url, method, headers, body, timeoutMs } = request
  const isForm = body instanceof URLSearchParams
  try {
    const response = await fetch(url, {
      method,
      // A redirect would carry the key to wherever it points.
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
      headers: {
        accept: 'application/json',
        ...(isForm || !body ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body ? { body: isForm ? body : JSON.stringify(body) } : {}),
    })
    return { status: response.status, text: await readText(response), headers: response.headers }
  } catch (error) {
    if (error instanceof DOMException && error.name === 'TimeoutError') {
      throw new NoAnswerError('timeout', `${call}: no answer within ${timeoutMs} ms`)
    }
    throw new NoAnswerError('network', `${call}: ${reasonOf(error)}`)
  }
}

/** Undefined for what is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Without it, `new URL` would drop the last part of a mount point such as /sim/pakasir. */
export function withSlash(base: string): string {
  return base.endsWith('/') ? base : `${base}/`
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
