/** The bot's connection to Telegram: how updates arrive, and the command menus. */
import { setTimeout as sleep } from 'node:timers/promises'
import { telegramFailure } from '../../../gateways/telegram/failures.ts'
import { ALLOWED_UPDATES, pollUpdates } from '../../../gateways/telegram/updates.ts'
import type { Finding } from '../../../platform/incidents/incident.ts'
import { startLoop } from '../../../platform/jobs/loop.ts'
import type { Store } from '../store.ts'
import { publishMenus } from './command-menu.ts'
import { lastUpdateId, receiveUpdates } from './receive-update.ts'

export interface RunningBot {
  /** Whether somebody else reads the updates of this bot. */
  rival(): Finding
  stop(): Promise<void>
}

const MENU_EVERY_MS = 3_600_000
/** QuickCart, §7.1. */
const MAX_CONNECTIONS = 40
const LONGEST_PAUSE_MS = 60_000
/** Two readers interrupt each other only now and then: one call that went well proves nothing. */
const RIVAL_GONE_MS = 60_000

/** In mode `polling` this process fetches the updates; in mode `webhook` Telegram brings them to shop/webhooks.ts. */
export function startBot(store: Store): RunningBot {
  const log = store.log.child({ part: 'telegram bot' })
  const stopping = new AbortController()
  const readers = new Readers(store)
  const arriving = arrange(store, stopping.signal).then(async () => {
    if (store.config.telegram.mode === 'polling') await poll(store, readers, stopping.signal)
  })
  const menus = startLoop('telegram.menus', MENU_EVERY_MS, log, () => publishMenus(store))
  return {
    rival: () => (store.config.telegram.mode === 'webhook' ? 'well' : readers.finding),
    async stop() {
      stopping.abort()
      await Promise.all([arriving, menus.stop()])
    },
  }
}

/** Tells Telegram how updates are to come, until it has understood. */
async function arrange(store: Store, signal: AbortSignal): Promise<void> {
  for (let failures = 0; !signal.aborted; failures++) {
    try {
      return await setUpdates(store)
    } catch (error) {
      const waitMs = Math.min(1_000 * 2 ** failures, LONGEST_PAUSE_MS)
      store.log.error({ failure: telegramFailure(error), waitMs }, 'Telegram was not told how updates come')
      // An abort ends the pause; the loop sees it.
      await sleep(waitMs, undefined, { signal }).catch(() => undefined)
    }
  }
}

async function setUpdates({ telegram, config }: Store): Promise<void> {
  const { mode, webhookUrl, webhookSecret } = config.telegram
  if (mode === 'webhook') {
    await telegram.setWebhook(webhookUrl, {
      ...(webhookSecret === undefined ? {} : { secret_token: webhookSecret }),
      allowed_updates: [...ALLOWED_UPDATES],
      max_connections: MAX_CONNECTIONS,
    })
    return
  }
  const { url } = await telegram.getWebhookInfo()
  // While one is set, nobody may poll. What waits at Telegram stays: it is fetched in a moment.
  if (url) await telegram.deleteWebhook()
}

/** Who reads the updates of this bot besides us, as Telegram's answers show it. */
class Readers {
  readonly #store: Store
  #conflict: { readonly description: string; readonly at: number } | undefined
  #hasRead = false

  constructor(store: Store) {
    this.#store = store
  }

  get finding(): Finding {
    if (this.#conflict) return { mark: 'conflict', facts: { description: this.#conflict.description } }
    return this.#hasRead ? 'well' : 'unknown'
  }

  conflict(description: string): void {
    this.#conflict = { description, at: this.#now() }
  }

  read(): void {
    this.#hasRead = true
    if (this.#conflict && this.#now() - this.#conflict.at >= RIVAL_GONE_MS) this.#conflict = undefined
  }

  #now(): number {
    return this.#store.clock.now().getTime()
  }
}

async function poll(store: Store, readers: Readers, signal: AbortSignal): Promise<void> {
  await pollUpdates({
    api: store.telegram,
    lastUpdateId: () => lastUpdateId(store),
    onUpdates: (updates) => receiveUpdates(store, updates),
    onConflict: (description) => readers.conflict(description),
    onRead: () => readers.read(),
    signal,
    log: store.log.child({ part: 'telegram polling' }),
  })
}
