/**
 * Who may give orders to the shop from the chat (QuickCart, §7.3). Somebody who is not an admin gets no answer at
 * all, as if there were no such command; the attempt is on record. What an admin did is on record too.
 */
import { isDomainError } from '../../../kernel/errors.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { limitAction } from '../shop/limits.ts'
import { html, lines } from '../telegram/html.ts'
import { problemText } from '../telegram/messages/problems.ts'
import type { AdminCommand, AdminOutcome } from './stock-admin.ts'
import type { Turn } from './turn.ts'

/** Every command of §7.3: also one that is still to come is not for customers to find. */
export const ADMIN_COMMANDS: ReadonlySet<string> = new Set(
  (
    'add addstock del delstock delallstock editid editcategory editsold disc discat priceress exportstock info pm ' +
    'transfer editbalance ban unban addadmin rmadmin addreseller rmress whitelist rm broadcast giveaway ' +
    'setformula claim version'
  ).split(' '),
)

export async function refuseSilently(turn: Turn, command: string): Promise<void> {
  await emit(turn, 'unauthorized_access', { command })
}

export async function runAdminCommand(
  turn: Turn,
  command: AdminCommand,
  argument: string,
  run = command.run,
): Promise<void> {
  await limitAction(turn.store, turn.user.id, 'admin_cmd')
  try {
    const outcome = await run(turn, argument)
    if (!outcome) return turn.say({ text: usage(command) })
    await record(turn, command, outcome, 'ok')
    turn.say({ text: outcome.text })
  } catch (error) {
    if (!isDomainError(error)) throw error
    // The argument may hold goods: of a refused command only its length is kept.
    const refused = { text: html``, target: command.command, argument: `${argument.length} characters` }
    await record(turn, command, refused, error.code)
    turn.say({ text: problemText(error) })
  }
}

function usage({ syntax, example }: AdminCommand) {
  return lines(html`Format: <code>${syntax}</code>`, html`Contoh: <code>${example}</code>`)
}

async function record(
  turn: Turn,
  { command }: AdminCommand,
  { target, argument }: AdminOutcome,
  outcome: string,
): Promise<void> {
  await emit(turn, 'admin_command', { command, target, argument, outcome })
}

async function emit(turn: Turn, action: string, context: Readonly<Record<string, string>>): Promise<void> {
  const { store, caller, user } = turn
  await inTransaction(store.db, caller, (tx) =>
    tx.run(sql`select audit.emit(${action}, 'users', ${String(user.id)}, ${user.id}, ${sql.json(context)})`),
  )
}
