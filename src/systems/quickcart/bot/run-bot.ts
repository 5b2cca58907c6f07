/** The bot's connection to Telegram: command menus, and either polling or a webhook. */
import { telegramFailure } from '../../../gateways/telegram/failures.ts'
import { pollUpdates } from '../../../gateways/telegram/updates.ts'
import { startLoop } from '../../../platform/jobs/loop.ts'
import type { Store } from '../store.ts'
import { publishMenus } from './command-menu.ts'
import { lastUpdateId, receiveUpdates } from './receive-update.ts'

export interface RunningBot {
  stop(): Promise<void>
}

const MENU_EVERY_MS = 3_600_000

/**
 * In mode `polling` this process fetches the updates; in mode `webhook` they come to the route that calls
 * `receiveUpdate`, at the address the operator registered.
 */
export function startBot(store: Store): RunningBot {
  const log = store.log.child({ part: 'telegram bot' })
  const stopping = new AbortController()
  const polling = store.config.telegram.mode === 'polling' ? poll(store, stopping.signal) : Promise.resolve()
  const menus = startLoop('telegram.menus', MENU_EVERY_MS, log, () => publishMenus(store))
  return {
    async stop() {
      stopping.abort()
      await Promise.all([polling, menus.stop()])
    },
  }
}

async function poll(store: Store, signal: AbortSignal): Promise<void> {
  const log = store.log.child({ part: 'telegram polling' })
  await store.telegram.deleteWebhook().catch((error: unknown) => {
    log.warn({ failure: telegramFailure(error) }, 'a webhook may still be set')
  })
  await pollUpdates({
    api: store.telegram,
    lastUpdateId: () => lastUpdateId(store),
    onUpdates: (updates) => receiveUpdates(store, updates),
    onConflict: (description) => log.error({ description }, 'somebody else reads the updates of this bot'),
    signal,
    log,
  })
}
