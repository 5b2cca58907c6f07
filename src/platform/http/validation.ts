/**
 * Requests are checked against their TypeBox schemas, strictly: no unknown fields, no guessing of types. Only
 * query and path, which are always text, are read as the numbers and booleans their schema asks for.
 */
import type { FastifySchemaCompiler, RouteOptions } from 'fastify'
import { IsSchema, type TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import type { TLocalizedValidationError } from 'typebox/error'
import { Value } from 'typebox/value'
import { type DomainError, fail } from '../../kernel/errors.ts'

export interface FieldProblem {
  /** "items.0.quantity"; empty for the whole body. */
  readonly field: string
  readonly reason: string
}

export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  // At the first request: a start need not wait for what hundreds of routes may be asked.
  let check: ReturnType<typeof Compile> | undefined
  return (given: unknown) => {
    check ??= Compile(schema)
    const value = Value.Default(schema, httpPart === 'body' ? given : readText(schema, given))
    if (check.Check(value)) return { value }
    return { error: invalid(check.Errors(value)) }
  }
}

/** The domain error for what does not fit; for use cases that check more than a schema can. */
export function invalidFields(errors: readonly FieldProblem[]): DomainError {
  return fail('validation_failed', { errors })
}

/** @throws TypeError where an object of a request's schema would let unknown fields pass. */
export function assertStrict(route: RouteOptions): void {
  for (const part of ['body', 'querystring', 'params'] as const) {
    const loose = findLoose(route.schema?.[part], part)
    if (loose !== undefined) {
      throw new TypeError(
        `${route.method} ${route.url}: ${loose} must refuse unknown fields, use strictObject()`,
      )
    }
  }
}

function findLoose(schema: unknown, path: string): string | undefined {
  if (typeof schema !== 'object' || schema === null) return undefined
  if ('properties' in schema && 'type' in schema && !('additionalProperties' in schema)) return path
  return Object.entries(schema)
    .map(([key, part]) => findLoose(part, `${path}.${key}`))
    .find((found) => found !== undefined)
}

/** TypeBox's own conversion is generous ("5.5" becomes 5); a wrong page size must be told, not repaired. */
function readText(schema: TSchema, given: unknown): unknown {
  if (!('properties' in schema) || typeof given !== 'object' || given === null) return given
  const properties = new Map<string, unknown>(Object.entries(schema.properties ?? {}))
  return Object.fromEntries(
    Object.entries(given).map(([name, text]) => [name, readOne(properties.get(name), text)]),
  )
}

function readOne(schema: unknown, given: unknown): unknown {
  if (!IsSchema(schema) || !('type' in schema)) return given
  if (schema.type === 'array') return Array.isArray(given) ? given : [given]
  if (typeof given !== 'string') return given
  if (schema.type === 'integer' && /^-?\d{1,15}$/.test(given)) return Number(given)
  if (schema.type === 'number' && /^-?\d{1,15}(\.\d{1,10})?$/.test(given)) return Number(given)
  if (schema.type === 'boolean' && (given === 'true' || given === 'false')) return given === 'true'
  return given
}

function invalid(errors: readonly TLocalizedValidationError[]): DomainError {
  // One reason per field: a union complains once for each of its members.
  const reasons = new Map<string, string>()
  for (const { field, reason } of errors.flatMap(describe)) {
    const known = reasons.get(field)
    const bothChoices = known?.startsWith(ONE_OF) && reason.startsWith(ONE_OF)
    if (known === undefined) reasons.set(field, reason)
    else if (bothChoices) reasons.set(field, `${known}, ${reason.slice(ONE_OF.length)}`)
  }
  return invalidFields([...reasons].map(([field, reason]) => ({ field, reason })))
}

const ONE_OF = 'must be one of: '

function describe(error: TLocalizedValidationError): FieldProblem[] {
  const field = error.instancePath.slice(1).replaceAll('/', '.')
  const inside = (name: string) => (field === '' ? name : `${field}.${name}`)
  switch (error.keyword) {
    case 'required':
      return error.params.requiredProperties.map((name) => ({ field: inside(name), reason: 'is required' }))
    case 'additionalProperties':
      return error.params.additionalProperties.map((name) => ({
        field: inside(name),
        reason: 'is not known here',
      }))
    case 'boolean':
      // The shadow of an unknown field, which is named above.
      return []
    case 'const':
      return [{ field, reason: `${ONE_OF}${String(error.params.allowedValue)}` }]
    case 'enum':
      return [{ field, reason: `${ONE_OF}${error.params.allowedValues.map(String).join(', ')}` }]
    default:
      return [{ field, reason: error.message }]
  }
}
