/**
 * The Telegram Bot API, through grammY. Every call throws a `TelegramError`, whose `failure` says what to do;
 * neither errors nor the client itself print the bot's token.
 */
import { Api, type ApiClientOptions, InputFile, type Transformer } from 'grammy'
import type { Update } from 'grammy/types'
import { failureOf, TelegramError, telegramFailure } from './failures.ts'
import type { TelegramMethod } from './methods.ts'

/** getFile serves files up to 20 MB. */
const MAX_DOWNLOAD_BYTES = 20 * 1024 * 1024
/** Long enough for a photo upload on a slow line, short enough to free an outbox worker. */
const DEFAULT_TIMEOUT_MS = 15_000

export interface TelegramApiOptions {
  readonly token: string
  /** Without a trailing slash; "https://api.telegram.org" is the real one. */
  readonly apiRoot: string
  /** Limit of one call; a long poll gets its own waiting time on top. */
  readonly timeoutMs?: number
  readonly fetch?: ApiClientOptions['fetch']
}

interface TelegramCalls {
  /**
   * Sends one stored call: a method and its payload as the Bot API documents it, with an
   * `InputFile` or plain bytes where an uploaded file stands.
   * @returns the answer's `result`
   */
  call(method: TelegramMethod, payload: Readonly<Record<string, unknown>>): Promise<unknown>
  /** One getUpdates call that ends when the signal is aborted. */
  poll(options: Parameters<Api['getUpdates']>[0], signal: AbortSignal): Promise<Update[]>
  /**
   * Fetches a file that a user sent.
   * @throws TelegramError `rejected` where the file is unknown or larger than `maxBytes` (20 MB at most)
   */
  download(fileId: string, maxBytes?: number): Promise<Buffer>
}

/** grammY's typed methods plus the three above. */
export type TelegramApi = Api & TelegramCalls

export function createTelegramApi(options: TelegramApiOptions): TelegramApi {
  const { token, timeoutMs = DEFAULT_TIMEOUT_MS } = options
  const apiRoot = options.apiRoot.replace(/\/+$/, '')
  const api = new Api(token, { apiRoot, ...(options.fetch ? { fetch: options.fetch } : {}) })
  api.config.use(limitTime(timeoutMs), hideSecrets)
  // A logged or inspected client must not show its token.
  Object.defineProperty(api, 'token', { enumerable: false })
  return Object.assign(api, {
    call: (method: TelegramMethod, payload: Readonly<Record<string, unknown>>) =>
      callRaw(api, method, payload),
    poll: (poll: Parameters<Api['getUpdates']>[0], signal: AbortSignal) =>
      api.getUpdates(poll, forGrammy(signal)),
    download: async (fileId: string, maxBytes = MAX_DOWNLOAD_BYTES) => {
      const { file_path: path = '', file_size: size = 0 } = await api.getFile(fileId)
      if (size > maxBytes) throw tooLarge(size, maxBytes)
      return fetchFile(`${apiRoot}/file/bot${token}/${path}`, { timeoutMs, maxBytes })
    },
  })
}

type RawCall = (payload: Readonly<Record<string, unknown>>) => Promise<unknown>

function callRaw(
  api: Api,
  method: TelegramMethod,
  payload: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  // grammY types each method's payload; a stored row's payload is checked by Telegram alone.
  const raw: { readonly [M in TelegramMethod]: unknown } = api.raw
  const call = raw[method]
  if (!isRawCall(call)) throw new TypeError(`${method} is not a Bot API method`)
  return call(Object.fromEntries(Object.entries(payload).map(([key, value]) => [key, toUpload(value)])))
}

function isRawCall(value: unknown): value is RawCall {
  return typeof value === 'function'
}

function toUpload(value: unknown): unknown {
  return value instanceof Uint8Array ? new InputFile(value) : value
}

/** grammY's own limit is one for all methods; a poll of 50 s must outlive a send of 15 s. */
function limitTime(timeoutMs: number): Transformer {
  return (prev, method, payload, signal) => {
    const pollSeconds = method === 'getUpdates' && 'timeout' in payload ? Number(payload.timeout) : 0
    const limit = AbortSignal.timeout(timeoutMs + pollSeconds * 1000)
    return prev(method, payload, forGrammy(signal ? AbortSignal.any([toNative(signal), limit]) : limit))
  }
}

type GrammySignal = NonNullable<Parameters<Api['getMe']>[0]>

/** grammY's type is that of a polyfill; at run time it takes every EventTarget with `aborted`. */
function forGrammy(signal: AbortSignal): GrammySignal {
  if (!isGrammySignal(signal)) throw new TypeError('not an AbortSignal')
  return signal
}

function isGrammySignal(signal: EventTarget): signal is EventTarget & GrammySignal {
  return 'aborted' in signal
}

function toNative(signal: GrammySignal): AbortSignal {
  if (signal instanceof AbortSignal) return signal
  const controller = new AbortController()
  if (signal.aborted) controller.abort()
  signal.addEventListener('abort', () => controller.abort())
  return controller.signal
}

/** grammY's errors quote the payload (texts, secret_token) and the address (token); ours quote neither. */
const hideSecrets: Transformer = async (prev, method, payload, signal) => {
  const answer = await prev(method, payload, signal).catch((error: unknown) => {
    throw new TelegramError(method, telegramFailure(error))
  })
  if (!answer.ok) throw new TelegramError(method, failureOf(answer))
  return answer
}

async function fetchFile(url: string, limits: { timeoutMs: number; maxBytes: number }): Promise<Buffer> {
  const response = await fetch(url, { signal: AbortSignal.timeout(limits.timeoutMs) }).catch(
    (error: unknown) => {
      throw new TelegramError('download', telegramFailure(error))
    },
  )
  if (!response.ok) {
    const refused = {
      error_code: response.status,
      description: `the file server answered ${response.status}`,
    }
    throw new TelegramError('download', failureOf(refused))
  }
  const bytes = Buffer.from(await response.arrayBuffer())
  if (bytes.length > limits.maxBytes) throw tooLarge(bytes.length, limits.maxBytes)
  return bytes
}

function tooLarge(size: number, maxBytes: number): TelegramError {
  const description = `the file has ${size} bytes; at most ${maxBytes} are taken`
  return new TelegramError('download', { kind: 'rejected', description })
}
