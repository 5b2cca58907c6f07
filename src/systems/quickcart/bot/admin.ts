/**
 * Who may give orders to the shop from the chat (QuickCart, §7.3). Somebody who is not an admin gets no answer at
 * all, as if there were no such command; the attempt is on record. What an admin did is on record too.
 */
import type { Message as TelegramMessage } from 'grammy/types'
import { isDomainError } from '../../../kernel/errors.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { limitAction } from '../shop/limits.ts'
import { html, lines } from '../telegram/html.ts'
import type { Message } from '../telegram/message.ts'
import { problemText } from '../telegram/messages/problems.ts'
import type { AdminAction, AdminAnswer, AdminCommand, AdminTarget } from './handlers.ts'
import type { Turn } from './turn.ts'

export async function refuseSilently(turn: Turn, command: string): Promise<void> {
  await emit(turn, 'unauthorized_access', {}, { command })
}

export async function runAdminCommand(
  turn: Turn,
  command: AdminCommand,
  argument: string,
  message: TelegramMessage,
): Promise<void> {
  await limitAction(turn.store, turn.user.id, 'admin_cmd')
  const action = command.read(argument, message)
  if (!action) {
    await record(turn, command, { arguments: `${argument.length} characters` }, 'wrong_format')
    return turn.say(usage(command))
  }
  const { target, outcome = 'ok', ...said } = await carryOut(turn, action)
  await record(turn, command, target === undefined ? action : { ...action, target }, outcome)
  if ('notice' in said) turn.call('sendMessage', said.notice)
  else turn.say(said)
}

/** A refusal is an answer, and an outcome. */
async function carryOut(turn: Turn, action: AdminAction): Promise<AdminAnswer> {
  try {
    return await action.run(turn)
  } catch (error) {
    if (!isDomainError(error)) throw error
    return { text: problemText(error), outcome: error.code }
  }
}

function usage({ syntax, example }: AdminCommand): Message {
  return { text: lines(html`Format: <code>${syntax}</code>`, html`Contoh: <code>${example}</code>`) }
}

async function record(
  turn: Turn,
  { command }: AdminCommand,
  action: Omit<AdminAction, 'run'>,
  outcome: string,
): Promise<void> {
  await emit(turn, 'admin_command', action, { command, arguments: action.arguments, outcome })
}

/** Somebody who was erased is named by their pseudonym: their id must not come back into the permanent record. */
async function emit(
  { store, caller, user }: Turn,
  action: string,
  { target, targetUser }: AdminTarget,
  context: Readonly<Record<string, string>>,
): Promise<void> {
  await inTransaction(store.db, caller, (tx) =>
    tx.run(sql`
      select audit.emit(${action}, ${target?.table ?? 'users'}, coalesce(${target?.id ?? null}, t.id::text), t.id,
          ${sql.json(context)}::jsonb || case when t.named then jsonb_build_object('target_user_id', t.id) else '{}' end)
        from (select ${targetUser ?? null}::bigint is not null as named, coalesce((
            select u.erased_as from users u where u.id = ${targetUser ?? null}), ${targetUser ?? user.id}) as id) t`),
  )
}
