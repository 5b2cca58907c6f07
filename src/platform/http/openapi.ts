/** OpenAPI 3.1 from the same schemas that validate, with errors from the same catalogue that answers. */
import swagger from '@fastify/swagger'
import type { FastifyInstance, FastifySchema, RouteOptions } from 'fastify'
import { type TSchema, Type } from 'typebox'
import { type ErrorCatalogue, kernelErrors } from '../../kernel/errors.ts'
import type { RouteAccess } from '../access/identity.ts'
import { platformErrors } from '../errors.ts'
import { PROBLEM_TYPE } from './problem.ts'

export interface ProblemResponse {
  readonly description: string
  readonly content: { readonly [PROBLEM_TYPE]: { readonly schema: TSchema } }
}

const shared = { ...kernelErrors, ...platformErrors }

/**
 * The error answers of a route, by status, for `schema.response`:
 *
 *     const errors = errorResponses(quickcartErrors)
 *     response: { 201: Order, ...errors('out_of_stock', 'pending_order_exists') }
 *
 * Codes that the platform itself may answer (401, 403, 422 …) are added to every route by its declaration.
 */
export function errorResponses<C extends ErrorCatalogue>(catalogue: C) {
  return (...codes: readonly (keyof C & string)[]): Record<number, ProblemResponse> => {
    const byStatus = new Map<number, string[]>()
    for (const code of codes) {
      const spec = catalogue[code]
      if (!spec) throw new TypeError(`error code ${code} is not in the catalogue`)
      byStatus.set(spec.status, [...(byStatus.get(spec.status) ?? []), code])
    }
    return Object.fromEntries([...byStatus].map(([status, list]) => [status, problem(catalogue, list)]))
  }
}

declare module 'fastify' {
  interface FastifyInstance {
    /** How the system whose routes are in this scope names and numbers errors; null for the house's own. */
    catalogue: ErrorCatalogue | null
  }
}

export interface OpenApiOptions {
  readonly version: string
  /** All errors that routes may declare. */
  readonly errors: ErrorCatalogue
}

/** Collects every route added after it; `app.swagger()` is the document, `/openapi.json` serves it. */
export async function registerOpenApi(
  app: FastifyInstance,
  { version, errors }: OpenApiOptions,
): Promise<void> {
  const catalogue = { ...shared, ...errors }
  const own = new WeakMap<RouteOptions, ErrorCatalogue>()
  app.decorate('catalogue', null)
  // Two systems may give one code two statuses: each route's are those of its own system.
  app.addHook('onRoute', function (this: FastifyInstance, route) {
    if (this.catalogue) own.set(route, { ...catalogue, ...this.catalogue })
  })
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Niaga', version, description: 'Errors are RFC 9457 problems with a stable `code`.' },
      components: {
        securitySchemes: {
          accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
          apiKey: { type: 'apiKey', in: 'header', name: 'X-Api-Key' },
        },
      },
    },
    // A page, a script or a webhook says nothing about itself here and is no part of the reference.
    transform: ({ schema, url, route }) => ({
      schema: documented(schema, route, own.get(route) ?? catalogue),
      url,
    }),
  })
  app.get('/openapi.json', { schema: { hide: true }, config: { access: 'public' } }, async () =>
    app.swagger(),
  )
}

function documented(
  schema: FastifySchema | undefined,
  route: RouteOptions,
  catalogue: ErrorCatalogue,
): FastifySchema {
  if (schema?.summary === undefined) return { hide: true }
  const access = route.config?.access ?? 'public'
  return {
    ...schema,
    security: securityOf(access),
    ...(typeof access === 'object'
      ? { description: withPermission(schema.description, access.permission) }
      : {}),
    ...(route.config?.idempotencyKey ? { headers: IdempotencyHeader } : {}),
    response: withPlatformErrors(schema, route, catalogue),
  }
}

const IdempotencyHeader = Type.Object({
  'Idempotency-Key': Type.String({
    minLength: 1,
    maxLength: 255,
    description: 'The same key and request again answer the same, once the first has succeeded.',
  }),
})

function securityOf(access: RouteAccess): { [scheme: string]: readonly string[] }[] {
  if (access === 'public') return []
  const schemes: { [scheme: string]: readonly string[] }[] = [{ accessToken: [] }, { apiKey: [] }]
  return access === 'optional' ? [{}, ...schemes] : schemes
}

function withPermission(description: string | undefined, permission: string): string {
  return [description, `Needs the permission \`${permission}\`.`].filter(Boolean).join('\n\n')
}

function withPlatformErrors(schema: FastifySchema, route: RouteOptions, catalogue: ErrorCatalogue): object {
  const access = route.config?.access ?? 'public'
  const codes = [
    ...(access === 'public' ? [] : ['unauthenticated', 'banned']),
    ...(typeof access === 'object' ? ['forbidden'] : []),
    ...(route.config?.callerLimit ? ['rate_limited'] : []),
    ...(schema.body || schema.querystring || schema.params ? ['bad_request', 'validation_failed'] : []),
    ...(schema.body ? ['payload_too_large', 'unsupported_media_type'] : []),
    ...(route.config?.idempotencyKey
      ? ['idempotency_key_required', 'idempotency_conflict', 'idempotency_in_flight']
      : []),
    'internal',
  ]
  const own = declaredCodes(schema.response)
  const errors = errorResponses(catalogue)(...new Set([...own, ...codes]))
  return { ...(typeof schema.response === 'object' ? schema.response : {}), ...errors }
}

/** The codes a route declared through `errorResponses`. */
export function declaredCodes(response: unknown): string[] {
  if (typeof response !== 'object' || response === null) return []
  return Object.values(response).flatMap((answer) => problemCodes.get(answer) ?? [])
}

const problemCodes = new WeakMap<object, readonly string[]>()

function problem(catalogue: ErrorCatalogue, codes: readonly string[]): ProblemResponse {
  const response = {
    description: codes.map((code) => `\`${code}\`: ${catalogue[code]?.text ?? ''}`).join('\n\n'),
    content: {
      [PROBLEM_TYPE]: {
        schema: Type.Object({
          type: Type.String(),
          title: Type.String(),
          status: Type.Integer(),
          code: Type.Enum([...codes]),
          detail: Type.String(),
          request_id: Type.String(),
        }),
      },
    },
  } as const
  problemCodes.set(response, codes)
  return response
}
