/** Telegram's command menus: the public commands for everybody, all of them for each admin (QuickCart, §7.1). */
import { telegramFailure } from '../../../gateways/telegram/failures.ts'
import { sql } from '../../../postgres/sql.ts'
import { isAdmin } from '../accounts/find-users.ts'
import { userId } from '../accounts/user-id.ts'
import type { Store } from '../store.ts'
import type { Notices } from '../telegram/notice.ts'
import { skipped } from '../telegram/sent.ts'
import { adminHelp, publicCommands } from './commands.ts'

/** An admin's own menu, or none any more: whatever their role is when the row's turn comes. */
export const commandMenuNotices: Notices = {
  async command_menu(store, { chat_id: chat }) {
    await setMenu(store, chat, await isAdmin(store, userId(chat)))
    return skipped('a menu is no message')
  },
}

/** At start, and now and then for what was lost or done by hand. */
export async function publishMenus(store: Store): Promise<void> {
  await store.telegram.setMyCommands(menu(publicCommands))
  const admins = await store.db.many<{ id: bigint }>(sql`
    select id from users
      where member_status = 'admin' and not is_banned and erased_at is null and blocked_bot_at is null`)
  for (const { id } of admins) await setMenu(store, id, true)
}

/** Whoever has never written to the bot has no chat to put a menu into; their /start asks for it again. */
async function setMenu({ telegram, log }: Store, chat: bigint, isAdmin: boolean): Promise<void> {
  const scope = { scope: { type: 'chat', chat_id: Number(chat) } } as const
  try {
    if (isAdmin) await telegram.setMyCommands(menu(adminHelp()), scope)
    else await telegram.deleteMyCommands(scope)
  } catch (error) {
    const failure = telegramFailure(error)
    if (failure.kind !== 'rejected') throw error
    log.debug({ failure }, 'there is no chat for a menu')
  }
}

function menu(commands: readonly { command: string; description: string }[]) {
  return commands.map(({ command, description }) => ({ command, description }))
}
