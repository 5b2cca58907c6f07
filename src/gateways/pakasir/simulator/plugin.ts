import type { FastifyPluginAsync } from 'fastify'
import { actAs } from '../../simulation/scope.ts'
import { apiRoutes } from './api.routes.ts'
import { controlRoutes } from './control.routes.ts'
import { pageRoutes } from './page.routes.ts'
import type { PakasirSimulator } from './simulator.ts'

/**
 * The simulated gateway as a Fastify plugin; register it under any prefix. All its links are relative.
 * The handle stays the caller's: close it when the server is closed.
 */
export const pakasirSimulator: FastifyPluginAsync<{ readonly simulator: PakasirSimulator }> = async (
  app,
  { simulator },
) => {
  actAs(app, {
    name: 'Pakasir',
    codes: { badRequest: 'bad_request', internal: 'internal' },
    errorBody: (code, error) => ({ error, code }),
  })
  apiRoutes(app, simulator)
  controlRoutes(app, simulator)
  pageRoutes(app, simulator)
}
