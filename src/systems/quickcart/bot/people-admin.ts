/** People, their roles and their money, from the chat (QuickCart, §7.3). */
import { rupiah, wholeMoney } from '../../../kernel/money.ts'
import { adjustBalance } from '../accounts/adjust-balance.ts'
import { banUser, unbanUser } from '../accounts/ban-user.ts'
import { changeRole } from '../accounts/change-role.ts'
import { findUser } from '../accounts/find-users.ts'
import type { Role } from '../accounts/roles.ts'
import type { UserId } from '../accounts/user-id.ts'
import { type Html, html } from '../telegram/html.ts'
import { fields, readUserId } from './admin-arguments.ts'
import type { AdminAnswer, AdminCommand } from './handlers.ts'
import type { Turn } from './turn.ts'

export const peopleCommands: readonly AdminCommand[] = [
  person('info', 'data seorang pengguna', async ({ store }, id) => {
    await findUser(store, id)
    return { notice: { kind: 'user_card', user_id: Number(id) } }
  }),
  money('transfer', 'tambah saldo pengguna', 'add'),
  money('editbalance', 'ubah saldo pengguna', 'set'),
  person('ban', 'blokir pengguna', async ({ store, caller }, id) => {
    await banUser(store, caller, id)
    return { text: html`🚫 Pengguna <code>${String(id)}</code> diblokir.` }
  }),
  person('unban', 'buka blokir pengguna', async ({ store, caller }, id) => {
    await unbanUser(store, caller, id)
    return { text: html`Pengguna <code>${String(id)}</code> tidak diblokir lagi.` }
  }),
  role('addadmin', 'jadikan admin', { to: 'admin' }, (id) => html`${id} sekarang admin.`),
  role(
    'rmadmin',
    'cabut status admin',
    { from: 'admin', to: 'customer' },
    (id) => html`${id} bukan admin lagi.`,
  ),
  role('addreseller', 'jadikan reseller', { to: 'reseller' }, (id) => html`${id} sekarang reseller.`),
  role(
    'rmress',
    'cabut status reseller',
    { from: 'reseller', to: 'customer' },
    (id) => html`${id} bukan reseller lagi.`,
  ),
]

/** A command whose argument is a person. */
function person(
  command: string,
  description: string,
  run: (turn: Turn, id: UserId) => Promise<AdminAnswer>,
): AdminCommand {
  return {
    command,
    description,
    syntax: `/${command} id_pengguna`,
    example: `/${command} 100000001`,
    read(argument) {
      const id = readUserId(argument)
      return id && { targetUser: id, arguments: '', run: (turn) => run(turn, id) }
    },
  }
}

function role(
  command: string,
  description: string,
  change: { readonly from?: Role; readonly to: Role },
  done: (id: Html) => Html,
): AdminCommand {
  return person(command, description, async ({ store, caller }, user) => {
    await changeRole(store, caller, { user, ...change })
    return { text: done(html`Pengguna <code>${String(user)}</code>`) }
  })
}

/** The update's id is the key, so that a message handled again after a crash moves the money once. */
function money(command: string, description: string, mode: 'add' | 'set'): AdminCommand {
  return {
    command,
    description,
    syntax: `/${command} id_pengguna|jumlah`,
    example: `/${command} 100000001|50000`,
    read(argument) {
      const [who, amount = ''] = fields(argument, 2) ?? []
      const id = readUserId(who)
      if (id === undefined || !/^\d{1,12}$/.test(amount)) return undefined
      return {
        targetUser: id,
        arguments: amount,
        async run({ store, caller, updateId }) {
          const balance = await adjustBalance(store, caller, {
            user: id,
            mode,
            amount: wholeMoney('IDR', BigInt(amount)),
            idempotencyKey: `update:${updateId}`,
          })
          return { text: html`Saldo pengguna <code>${String(id)}</code> sekarang <b>${rupiah(balance)}</b>.` }
        },
      }
    },
  }
}
