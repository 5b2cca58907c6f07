/** The bot's connection to Telegram: command menus, and either polling or a webhook. */
import { telegramFailure } from '../../../gateways/telegram/failures.ts'
import { pollUpdates } from '../../../gateways/telegram/updates.ts'
import { startLoop } from '../../../platform/jobs/loop.ts'
import { sql } from '../../../postgres/sql.ts'
import type { Store } from '../store.ts'
import { adminHelp, publicCommands } from './commands.ts'
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

/** Everybody sees the public commands, each admin all of them (QuickCart, §7.1). */
async function publishMenus(store: Store): Promise<void> {
  await store.telegram.setMyCommands(menu(publicCommands))
  const admins = await store.db.many<{ id: bigint }>(sql`
    select id from users
      where member_status = 'admin' and not is_banned and erased_at is null and blocked_bot_at is null`)
  for (const { id } of admins) {
    await store.telegram
      .setMyCommands(menu(adminHelp()), { scope: { type: 'chat', chat_id: Number(id) } })
      // An admin who has never written to the bot has no chat to put a menu into.
      .catch((error: unknown) => store.log.debug({ failure: telegramFailure(error) }, 'no menu for an admin'))
  }
}

function menu(commands: readonly { command: string; description: string }[]) {
  return commands.map(({ command, description }) => ({ command, description }))
}
