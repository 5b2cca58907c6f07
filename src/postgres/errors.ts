/** PostgreSQL's errors in the words of the catalogue: by constraint name first, then by SQLSTATE, never by prose. */
import pg from 'pg'
import {
  DomainError,
  type ErrorCatalogue,
  type ErrorDetails,
  type ErrorSpec,
  fail,
} from '../kernel/errors.ts'

/** serialization_failure, deadlock_detected: the whole transaction can be tried again. */
const RETRYABLE = new Set(['40001', '40P01'])

/** admin_shutdown, crash_shutdown, cannot_connect_now, too_many_connections. */
const UNAVAILABLE = new Set(['57P01', '57P02', '57P03', '53300'])
/** lock_not_available, query_canceled: it waited for longer than a request may, and was undone. */
const TOO_LATE = new Set(['55P03', '57014'])
const NETWORK = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EHOSTUNREACH'])

export function sqlState(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined
}

export function isRetryable(error: unknown): boolean {
  return RETRYABLE.has(sqlState(error) ?? '')
}

/** The error as the catalogue knows it, or as it came. `cause` keeps the original. */
export function translate(error: unknown, catalogue: ErrorCatalogue): unknown {
  if (isConnectionLoss(error) || TOO_LATE.has(sqlState(error) ?? ''))
    return fail('unavailable', {}, { cause: error })
  if (!(error instanceof pg.DatabaseError)) return error
  const code = error.constraint ? byConstraint(error.constraint, catalogue) : undefined
  const found = code ?? bySqlState(error.code, catalogue)
  const spec = found === undefined ? undefined : catalogue[found]
  if (found === undefined || !spec) return error
  return new DomainError(found, spec, details(error.detail), { cause: error })
}

/** The server is away or going: nothing was decided, or the answer to COMMIT was lost. */
export function isConnectionLoss(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? String(error.code) : ''
  if (error instanceof pg.DatabaseError) return UNAVAILABLE.has(code) || code.startsWith('08')
  return (
    NETWORK.has(code) ||
    /^(Connection terminated|timeout expired|timeout exceeded when trying to connect|Client .* is not queryable)/.test(
      error.message,
    )
  )
}

const indexes = new WeakMap<ErrorCatalogue, Map<string, string>>()

function byConstraint(constraint: string, catalogue: ErrorCatalogue): string | undefined {
  return constraint in catalogue ? constraint : index(catalogue).get(`constraint ${constraint}`)
}

function bySqlState(state: string | undefined, catalogue: ErrorCatalogue): string | undefined {
  return index(catalogue).get(`sqlstate ${state}`)
}

function index(catalogue: ErrorCatalogue): Map<string, string> {
  let found = indexes.get(catalogue)
  if (!found) {
    const entries = Object.entries<ErrorSpec>(catalogue).flatMap(([code, spec]): [string, string][] => [
      ...[spec.constraint ?? []].flat().map((name): [string, string] => [`constraint ${name}`, code]),
      ...(spec.sqlstate ? [[`sqlstate ${spec.sqlstate}`, code] satisfies [string, string]] : []),
    ])
    found = new Map(entries)
    indexes.set(catalogue, found)
  }
  return found
}

/** Our own RAISEs put a JSON object into DETAIL; PostgreSQL's own details stay in the log, they may hold data. */
function details(detail: string | undefined): ErrorDetails {
  if (!detail?.startsWith('{')) return {}
  try {
    const parsed: unknown = JSON.parse(detail)
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {}
  } catch {
    return {}
  }
}
