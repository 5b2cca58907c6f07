/** One exchange with the gateway: JSON or a typed failure, and never a word with the key in it. */
import { exchange, NoAnswerError, parseJson } from '../exchange.ts'
import { PakasirError } from './errors.ts'

interface Request {
  /** Name of the call for messages and logs: "create". */
  readonly call: string
  readonly url: URL
  readonly method: 'GET' | 'POST'
  readonly body?: object
  readonly timeoutMs: number
  /** Blanked in whatever the gateway says. */
  readonly secret: string
}

/** @throws PakasirError */
export async function ask(request: Request): Promise<unknown> {
  const { status, text } = await answerTo(request)
  if (status < 200 || status > 299) throw refusal(request, status, text)
  const answer = parseJson(text)
  if (answer !== undefined) return answer
  throw new PakasirError('malformed', `${request.call}: the answer is not JSON`, { status })
}

async function answerTo({ secret: _, ...request }: Request): Promise<{ status: number; text: string }> {
  try {
    return await exchange(request)
  } catch (error) {
    if (error instanceof NoAnswerError) throw new PakasirError(error.kind, error.message)
    throw error
  }
}

function refusal({ call, secret }: Request, status: number, text: string): PakasirError {
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
  const body = parseJson(text)
  if (typeof body !== 'object' || body === null) return {}
  return {
    ...('error' in body && typeof body.error === 'string' ? { error: body.error } : {}),
    ...('code' in body && typeof body.code === 'string' ? { code: body.code } : {}),
  }
}

function withoutKey(text: string, secret: string): string {
  return text
    .replaceAll(secret, '…')
    .replaceAll(encodeURIComponent(secret), '…')
    .replace(/api_key=[^&\s"']*/g, 'api_key=…')
}
