import type { FastifyError, FastifyInstance } from 'fastify'
import { isDomainError } from '../../kernel/errors.ts'
import { SimulatorRefusal } from './refusal.ts'

interface Party {
  /** "Pakasir" */
  readonly name: string
  /** The party's words where a body or an address is refused, and where it fails itself. */
  readonly codes: { readonly badRequest: string; readonly internal: string }
  /** The party's error body. */
  readonly errorBody: (code: string, message: string) => object
}

/** Makes a scope the place of another party: no part of our API reference, nothing of it logged, its own errors. */
export function actAs(app: FastifyInstance, { name, codes, errorBody }: Party): void {
  app.addHook('onRoute', (route) => {
    route.schema = Object.assign({}, route.schema, { hide: true })
    // "Incoming request" lines could hold a key of the address.
    route.logLevel = 'error'
  })
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    if (error instanceof SimulatorRefusal) {
      return reply.code(error.status).send(errorBody(error.code, error.message))
    }
    // The house's own parser refuses a body with a DomainError.
    const status = isDomainError(error) ? error.status : (error.statusCode ?? 500)
    if (status < 500) return reply.code(status).send(errorBody(codes.badRequest, error.message))
    request.log.error({ err: error }, `the ${name} simulator failed`)
    return reply.code(status).send(errorBody(codes.internal, 'Internal server error'))
  })
}
