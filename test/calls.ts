/** HTTP calls as tests make them. */

export interface Answer {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: tests read what they expect and fail where it is not there
  readonly body: any
}

export interface CallOptions {
  readonly as?: { readonly token: string; readonly id?: number }
  readonly key?: string
  /** A text is sent as it is, anything else as JSON. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** `url` answers the whole address for a path. */
export function callsTo(url: (path: string) => string) {
  return async (method: string, path: string, options: CallOptions = {}): Promise<Answer> => {
    const { as, key, body, headers = {} } = options
    const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body)
    const response = await fetch(url(path), {
      method,
      ...(text === undefined ? {} : { body: text }),
      headers: {
        ...(text === undefined ? {} : { 'content-type': 'application/json' }),
        ...(as === undefined ? {} : { authorization: `Bearer ${as.token}` }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
        ...headers,
      },
    })
    const answer = await response.text()
    const isJson = /json/.test(response.headers.get('content-type') ?? '')
    return {
      status: response.status,
      headers: response.headers,
      body: isJson && answer !== '' ? JSON.parse(answer) : answer,
    }
  }
}
