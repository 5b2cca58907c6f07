import type { FastifyPluginAsync } from 'fastify'
import { actAs } from '../../simulation/scope.ts'
import { apiRoutes } from './api.routes.ts'
import { controlRoutes } from './control.routes.ts'
import { pageRoutes } from './page.routes.ts'
import type { XenditSimulator } from './simulator.ts'

/**
 * The simulated gateway as a Fastify plugin; register it under any prefix. All its links are relative.
 * The handle stays the caller's: close it when the server is closed.
 */
export const xenditSimulator: FastifyPluginAsync<{ readonly simulator: XenditSimulator }> = async (
  app,
  { simulator },
) => {
  actAs(app, {
    name: 'Xendit',
    codes: { badRequest: 'API_VALIDATION_ERROR', internal: 'SERVER_ERROR' },
    errorBody: (error_code, message) => ({ error_code, message }),
  })
  apiRoutes(app, simulator)
  controlRoutes(app, simulator)
  pageRoutes(app, simulator)
}
