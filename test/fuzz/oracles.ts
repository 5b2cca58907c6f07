/** What every answer must be, whoever asked for whatever. */
import { IsSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import type { ErrorCatalogue } from '../../src/kernel/errors.ts'
import { quickcartErrors } from '../../src/systems/quickcart/errors.ts'
import { userstateErrors } from '../../src/systems/userstate/errors.ts'
import { answerSchema, documentedCodes, type JsonSchema } from './openapi.ts'
import type { FuzzRequest } from './request.ts'
import type { FuzzAnswer } from './send.ts'
import type { World } from './world.ts'

export interface Finding {
  readonly oracle: string
  readonly detail: string
}

/** Of the system whose address it is; what belongs to the house is in both. */
function catalogueOf({ path }: FuzzRequest): ErrorCatalogue {
  return path.startsWith('/userstate/') ? userstateErrors : quickcartErrors
}

/** Before a route is reached, or for what no route takes: any operation may answer these. */
const EVERYWHERE: ReadonlySet<string> = new Set([
  'bad_request',
  'payload_too_large',
  'unsupported_media_type',
  'unavailable',
])

/** Simulated, healthy and slow at worst: its faults are not what is tested here. */
const OF_THE_GATEWAY: ReadonlySet<unknown> = new Set(['gateway_unavailable', 'gateway_fee_mismatch'])

export function judge(world: World, request: FuzzRequest, answer: FuzzAnswer): Finding[] {
  if (answer.status === 0) return [{ oracle: 'no answer', detail: answer.body }]
  const found = [...leaks(world, request, answer), ...slowness(answer)]
  if (answer.status >= 400) return [...found, ...problemFindings(request, answer)]
  return [...found, ...successFindings(request, answer)]
}

const SLOW_MS = 10_000

function slowness({ ms }: FuzzAnswer): Finding[] {
  return ms < SLOW_MS ? [] : [{ oracle: 'slow', detail: `took ${Math.round(ms)} ms` }]
}

/** Of both systems: whose token it is says whom it belongs to, and what it may see there. */
function leaks({ shop, wallet }: World, { actor }: FuzzRequest, { body }: FuzzAnswer): Finding[] {
  return [shop, wallet].flatMap(({ prefix, actors, canaries, sealed }) => {
    const seesAll = actor.seesAll && actors.includes(actor)
    return [...sealed, ...(seesAll ? [] : canaries)]
      .filter(([, word]) => body.includes(word))
      .map(([what]) => ({
        oracle: 'leak',
        detail: `the answer to ${actor.name} contains a ${what} of ${prefix}`,
      }))
  })
}

interface ProblemBody {
  readonly type?: unknown
  readonly title?: unknown
  readonly status?: unknown
  readonly code?: unknown
  readonly detail?: unknown
  readonly request_id?: unknown
}

function problemFindings(request: FuzzRequest, { status, contentType, body }: FuzzAnswer): Finding[] {
  if (request.method === 'HEAD')
    return status < 500 ? [] : [{ oracle: 'server error', detail: `HEAD ${status}` }]
  const problem = parse(body)
  if (!problem)
    return [{ oracle: 'not a problem', detail: `${status} ${contentType}: ${body.slice(0, 200)}` }]
  const { code } = problem
  const found: Finding[] = []
  if (status >= 500 && !OF_THE_GATEWAY.has(code))
    found.push({ oracle: 'server error', detail: `${status} ${String(code)}` })
  if (!contentType.startsWith('application/problem+json'))
    found.push({ oracle: 'not a problem', detail: `the content type is ${contentType}` })
  const texts = [problem.type, problem.title, problem.detail, problem.request_id]
  if (problem.status !== status || texts.some((text) => typeof text !== 'string' || text === ''))
    found.push({ oracle: 'not a problem', detail: `a member is missing: ${body.slice(0, 200)}` })
  if (/\{\w+\}/.test(String(problem.detail)))
    found.push({ oracle: 'unfilled text', detail: `${String(code)}: ${String(problem.detail)}` })
  return [...found, ...codeFindings(request, status, String(code))]
}

function codeFindings(request: FuzzRequest, status: number, code: string): Finding[] {
  const { operation } = request
  const spec = catalogueOf(request)[code]
  if (!spec) return [{ oracle: 'unknown code', detail: `${code} is not in the catalogue` }]
  if (spec.status !== status) return [{ oracle: 'wrong status', detail: `${code} with ${status}` }]
  if (!operation || EVERYWHERE.has(code) || documentedCodes(operation, status).includes(code)) return []
  // A path parameter that is no segment, "%2F" apart, leads to another address.
  if (code === 'not_found' || code === 'method_not_allowed') return []
  return [{ oracle: 'undocumented', detail: `${status} ${code}` }]
}

const validators = new WeakMap<JsonSchema, (value: unknown) => string | undefined>()

function successFindings(
  { operation, method }: FuzzRequest,
  { status, contentType, body }: FuzzAnswer,
): Finding[] {
  if (!operation || method === 'HEAD' || method === 'OPTIONS') return []
  // Metrics are for a machine of another kind.
  if (contentType.startsWith('text/plain')) return []
  const schema = answerSchema(operation, status)
  if (schema === undefined) return [{ oracle: 'undocumented', detail: `status ${status}` }]
  if (schema === null) return []
  if (!contentType.startsWith('application/json')) return [{ oracle: 'not JSON', detail: contentType }]
  const wrong = validator(schema)(JSON.parse(body))
  return wrong === undefined ? [] : [{ oracle: 'schema', detail: `${status}: ${wrong}` }]
}

function validator(schema: JsonSchema): (value: unknown) => string | undefined {
  const known = validators.get(schema)
  if (known) return known
  const compiled = IsSchema(schema) ? Compile(schema) : undefined
  const made = (value: unknown) => {
    if (!compiled || compiled.Check(value)) return undefined
    const [first] = compiled.Errors(value)
    return `${first?.instancePath || 'the body'} ${first?.message ?? 'does not fit'}`
  }
  validators.set(schema, made)
  return made
}

function parse(body: string): ProblemBody | undefined {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
