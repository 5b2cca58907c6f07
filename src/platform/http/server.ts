/** The HTTP server that every system adds its routes to. */
import helmet from '@fastify/helmet'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, { type FastifyInstance, LogController } from 'fastify'
import { type ErrorCatalogue, fail, kernelErrors } from '../../kernel/errors.ts'
import { newId } from '../../kernel/ids.ts'
import type { Log } from '../../kernel/log.ts'
import { guardRoutes } from '../access/guard.ts'
import { platformErrors } from '../errors.ts'
import { serveAssets } from './assets.ts'
import { answerBrokenRequests } from './broken-request.ts'
import { closeGracefully } from './close.ts'
import { errorsPage } from './errors-page.ts'
import { type HealthProbes, healthRoutes } from './health.ts'
import { demandIdempotencyKeys } from './idempotency-key.ts'
import { acceptJson, NO_NUL, toJson } from './json.ts'
import { lazySerializers } from './lazy-serializers.ts'
import { watchMethods } from './methods.ts'
import { type Metrics, metricsRoutes } from './metrics.ts'
import { registerOpenApi } from './openapi.ts'
import { sendProblem } from './problem.ts'
import { registerReference } from './reference.ts'
import { fastifyLogger, logRequests } from './request-log.ts'
import { assertStrict, compileValidator } from './validation.ts'

const BODY_BYTES = 1024 * 1024
const HEADER_BYTES = 16 * 1024
/** For the whole request to arrive; slower ones hold a socket for nothing. */
const REQUEST_MS = 30_000
const HEADERS_MS = 10_000
/** Node looks for late ones this often. */
const CHECK_MS = 5000

/** As a reverse proxy may send it; anything else could forge log lines. */
const REQUEST_ID = /^[A-Za-z0-9._-]{8,100}$/

export interface HttpServerOptions {
  readonly log: Log
  /** Every code that routes may answer, for the reference and the page at `/errors`. */
  readonly errors: ErrorCatalogue
  readonly version: string
  /** Where people reach this server; HSTS is sent where it begins with https. */
  readonly baseUrl: string
  readonly metrics: Metrics
  readonly health: HealthProbes
  /** Addresses of reverse proxies whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[]
}

/** Routes with TypeBox schemas: `const app = typed(scope)` knows the types of body, query and params. */
export function typed(scope: FastifyInstance) {
  return scope.withTypeProvider<TypeBoxTypeProvider>()
}

/** Everything but the systems' routes: add those, then `listen`. `close` finishes what is in flight, within 2 s. */
export async function createHttpServer(options: HttpServerOptions): Promise<FastifyInstance> {
  const { log, version, metrics, health } = options
  const errors = { ...kernelErrors, ...platformErrors, ...options.errors }
  const app = fastify(options)

  app.setValidatorCompiler(compileValidator)
  acceptJson(app)
  answerErrors(app, log)
  answerJson(app)
  await securityHeaders(app, options.baseUrl)
  closeGracefully(app)
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
    if (request.url.includes('%00')) throw fail('bad_request', { reason: NO_NUL })
  })
  logRequests(app, log)

  guardRoutes(app)
  app.addHook('onRoute', assertStrict)
  demandIdempotencyKeys(app)
  await registerOpenApi(app, { version, errors })
  metricsRoutes(app, metrics)
  healthRoutes(app, health)
  errorsPage(app, errors)
  registerReference(app)
  serveAssets(app, new URL('assets/', import.meta.url))
  return app
}

function fastify({ log, trustedProxies }: HttpServerOptions): FastifyInstance {
  return Fastify({
    loggerInstance: fastifyLogger(log),
    schemaController: { compilersFactory: { buildSerializer: lazySerializers } },
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_BYTES,
    requestTimeout: REQUEST_MS,
    // Category names are path parameters: 200 letters of three bytes each, percent-encoded.
    routerOptions: { maxParamLength: 2000 },
    http: { maxHeaderSize: HEADER_BYTES, headersTimeout: HEADERS_MS, connectionsCheckingInterval: CHECK_MS },
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    // close.ts answers these in the shape of all other errors.
    return503OnClosing: false,
    genReqId: ({ headers }) => {
      const given = headers['x-request-id']
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : newId()
    },
    clientErrorHandler: answerBrokenRequests,
    frameworkErrors: (error, request, reply) => {
      reply.header('x-request-id', request.id)
      void sendProblem(error, request, reply, log)
    },
  })
}

function answerErrors(app: FastifyInstance, log: Log): void {
  const methodsOf = watchMethods(app)
  app.setErrorHandler((error, request, reply) => sendProblem(error, request, reply, log))
  app.setNotFoundHandler((request, reply) => {
    const allowed = methodsOf(request.url.split('?', 1)[0] ?? '')
    if (allowed.length === 0) return sendProblem(fail('not_found'), request, reply, log)
    reply.header('allow', allowed.join(', '))
    return sendProblem(fail('method_not_allowed'), request, reply, log)
  })
}

/** Answers without a schema are written by us too, so that a bigint in them is not an error. */
function answerJson(app: FastifyInstance): void {
  app.addHook('preSerialization', async (_request, reply, payload) => {
    if (!reply.getSerializationFunction(String(reply.statusCode))) reply.serializer(toJson)
    return payload
  })
}

async function securityHeaders(app: FastifyInstance, baseUrl: string): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    frameguard: { action: 'deny' },
    hsts: baseUrl.startsWith('https:'),
  })
}
