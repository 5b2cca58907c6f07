/**
 * The error catalogue: what can go wrong is a list someone can read.
 *
 * Each floor and each system declares its errors once; HTTP, CLI, bot and docs are all rendered from the
 * declaration. Code branches on `code`, never on the text.
 */
export interface ErrorSpec {
  /** HTTP status of the answer. */
  readonly status: number
  /** English sentence for API and logs; `{name}` is replaced by `details.name`. */
  readonly text: string
  /** SQLSTATE that the database raises for this error, where it has one of its own. */
  readonly sqlstate?: string
  /** Name of the constraint (or `RAISE ... CONSTRAINT`) whose violation means this error, or names of several. */
  readonly constraint?: string | readonly string[]
}

export type ErrorCatalogue = Readonly<Record<string, ErrorSpec>>
export type ErrorDetails = Readonly<Record<string, unknown>>

/** An outcome the caller is told about by its stable code. Throw it; a returned error would commit. */
export class DomainError extends Error {
  override readonly name = 'DomainError'
  readonly code: string
  readonly status: number
  readonly details: ErrorDetails

  constructor(code: string, spec: ErrorSpec, details: ErrorDetails = {}, options?: ErrorOptions) {
    super(fillIn(spec.text, details), options)
    this.code = code
    this.status = spec.status
    this.details = details
  }
}

/** Makes the `fail` of a catalogue: `throw fail('out_of_stock', { product_id })`. */
export function failWith<C extends ErrorCatalogue>(catalogue: C) {
  return (code: keyof C & string, details?: ErrorDetails, options?: ErrorOptions): DomainError => {
    const spec = catalogue[code]
    if (!spec) throw new TypeError(`error code ${code} is not in the catalogue`)
    return new DomainError(code, spec, details, options)
  }
}

/** True for the domain error with this code; narrows an unknown catch value. */
export function isDomainError(error: unknown, code?: string): error is DomainError {
  return error instanceof DomainError && (code === undefined || error.code === code)
}

function fillIn(text: string, details: ErrorDetails): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) =>
    name in details ? String(details[name]) : whole,
  )
}

/** Codes that every system answers with. */
export const kernelErrors = {
  bad_request: { status: 400, text: 'The request could not be read: {reason}' },
  unauthenticated: { status: 401, text: 'A valid access token or API key is required' },
  forbidden: { status: 403, text: 'This caller may not do that' },
  not_found: { status: 404, text: 'There is nothing here' },
  method_not_allowed: { status: 405, text: 'This address does not answer to that method' },
  payload_too_large: { status: 413, text: 'The body is larger than {limit} bytes' },
  unsupported_media_type: { status: 415, text: 'Send application/json' },
  validation_failed: { status: 422, text: 'Some fields are not valid' },
  rate_limited: { status: 429, text: 'Too many requests; try again in {retry_after} seconds' },
  internal: { status: 500, text: 'Something went wrong on our side; the request id names it in the log' },
  unavailable: { status: 503, text: 'The service is not available right now' },
} as const satisfies ErrorCatalogue

export const fail = failWith(kernelErrors)
