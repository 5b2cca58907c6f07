/** The outside parties played by ourselves, where no real ones are configured: each shop has its own below /sim. */
import { dirname, join } from 'node:path'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { pakasirSimulator } from '../../../gateways/pakasir/simulator/plugin.ts'
import { PakasirSimulator } from '../../../gateways/pakasir/simulator/simulator.ts'
import { TelegramSimulator, telegramSimulator } from '../../../gateways/telegram/simulator/index.ts'
import { parseMoney, rupiah } from '../../../kernel/money.ts'
import { foreignScope } from '../../../platform/access/guard.ts'
import { demoPeople } from '../seeds.ts'
import type { Store } from '../store.ts'

export interface Simulators {
  routes(app: FastifyInstance): Promise<void>
  close(): Promise<void>
}

export function openSimulators(store: Store): Simulators {
  const telegram = store.config.telegram.simulated ? playTelegram(store) : undefined
  const pakasir = store.config.pakasir.simulated ? playPakasir(store) : undefined
  const { telegramSimulator: telegramPath, pakasirSimulator: pakasirPath } = store.identity.paths
  const plugin: FastifyPluginAsync = async (scope) => {
    foreignScope(scope)
    if (telegram) await scope.register(telegramSimulator, { prefix: telegramPath, simulator: telegram })
    if (pakasir) await scope.register(pakasirSimulator, { prefix: pakasirPath, simulator: pakasir })
  }
  return {
    async routes(app) {
      await app.register(plugin)
    },
    async close() {
      await Promise.all([telegram?.close(), pakasir?.close()])
    },
  }
}

function playTelegram({ identity, config, clock, log, anchorPath }: Store): TelegramSimulator {
  return new TelegramSimulator({
    token: config.telegram.token,
    username: `${identity.system.replace('-', '_')}_bot`,
    name: identity.title,
    users: demoPeople.map(({ id, name, username, role, balance }) => ({
      id,
      first_name: name,
      username,
      note: balance === '0.00' ? role : `${role} with ${rupiah(parseMoney('IDR', balance))}`,
    })),
    // Telegram does not forget a conversation because a shop was killed.
    stateFile: join(dirname(anchorPath), `telegram-simulator${identity.fileSuffix}.jsonl`),
    clock,
    log,
  })
}

function playPakasir({ identity, config, clock, anchorPath }: Store): PakasirSimulator {
  const { project, apiKey, webhookSecret = '', webhookUrl } = config.pakasir
  return new PakasirSimulator({
    project,
    apiKey,
    merchant: identity.title,
    // A gateway does not forget its payments because a shop was killed.
    stateFile: join(dirname(anchorPath), `pakasir-simulator${identity.fileSuffix}.jsonl`),
    clock,
    webhook: { url: `${webhookUrl}?token=${encodeURIComponent(webhookSecret)}`, secret: webhookSecret },
  })
}
