/** The gateway played by ourselves where no real one is configured, below /sim. */
import { dirname, join } from 'node:path'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { xenditSimulator } from '../../../gateways/xendit/simulator/plugin.ts'
import { XenditSimulator } from '../../../gateways/xendit/simulator/simulator.ts'
import { foreignScope } from '../../../platform/access/guard.ts'
import type { Store } from '../store.ts'

export interface Simulators {
  routes(app: FastifyInstance): Promise<void>
  close(): Promise<void>
}

export function openSimulators({ gateway, clock, anchorPath }: Store): Simulators {
  const { simulator, secretKey, callbackToken = '', webhookUrl } = gateway
  const xendit = simulator
    ? new XenditSimulator({
        secretKey,
        merchant: 'UserState',
        publicUrl: simulator.publicUrl,
        // A gateway does not forget its payments because a wallet was killed.
        stateFile: join(dirname(anchorPath), 'xendit-simulator'),
        clock,
        webhook: { url: webhookUrl, token: callbackToken },
      })
    : undefined
  const plugin: FastifyPluginAsync = async (scope) => {
    foreignScope(scope)
    if (simulator && xendit)
      await scope.register(xenditSimulator, { prefix: simulator.path, simulator: xendit })
  }
  return {
    async routes(app) {
      await app.register(plugin)
    },
    async close() {
      await xendit?.close()
    },
  }
}
