import type { FastifyError, FastifyPluginAsync } from 'fastify'
import { isDomainError } from '../../../kernel/errors.ts'
import { apiRoutes } from './api.routes.ts'
import { controlRoutes } from './control.routes.ts'
import { pageRoutes } from './page.routes.ts'
import type { PakasirSimulator } from './simulator.ts'
import { SimulatorRefusal } from './transactions.ts'

/**
 * The simulated gateway as a Fastify plugin; register it under any prefix. All its links are relative.
 * The handle stays the caller's: close it when the server is closed.
 */
export const pakasirSimulator: FastifyPluginAsync<{ readonly simulator: PakasirSimulator }> = async (
  app,
  { simulator },
) => {
  // Another party's endpoints have no place in our own API reference.
  app.addHook('onRoute', (route) => {
    route.schema = Object.assign({}, route.schema, { hide: true })
    // "Incoming request" lines would hold the query of transactiondetail, and with it the key.
    route.logLevel = 'error'
  })
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    if (error instanceof SimulatorRefusal) {
      return reply.code(error.status).send({ error: error.message, code: error.code })
    }
    // The house's own parser refuses a body with a DomainError.
    const status = isDomainError(error) ? error.status : (error.statusCode ?? 500)
    if (status >= 500) request.log.error({ err: error }, 'the Pakasir simulator failed')
    const told = status < 500 ? error.message : 'Internal server error'
    return reply.code(status).send({ error: told, code: status < 500 ? 'bad_request' : 'internal' })
  })
  apiRoutes(app, simulator)
  controlRoutes(app, simulator)
  await pageRoutes(app, simulator)
}
