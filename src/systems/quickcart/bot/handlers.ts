/** How a subject says what it listens to; bot.ts gives the updates out. */
import type { Message as TelegramMessage } from 'grammy/types'
import type { UserId } from '../accounts/user-id.ts'
import type { Message } from '../telegram/message.ts'
import type { Turn } from './turn.ts'

export interface ButtonHandler {
  /** Of the whole callback data. */
  readonly pattern: RegExp
  /** `groups`: what the pattern caught, from 1. Stale buttons are answered with a notice by the handler itself. */
  run(turn: Turn, groups: readonly string[]): Promise<void>
}

export interface CommandHandler {
  readonly command: string
  /** Shown in the command menu and by /help. */
  readonly description: string
  /** `argument`: everything behind the command, trimmed. */
  run(turn: Turn, argument: string): Promise<void>
}

/** An order to the shop from the chat (QuickCart, §7.3). Every subject lists its own; commands.ts has them all. */
export interface AdminCommand {
  readonly command: string
  /** Shown to admins in the command menu and by /help. */
  readonly description: string
  /** Both are the answer to a wrong format. */
  readonly syntax: string
  readonly example: string
  /**
   * What is asked for; undefined where it is not of the syntax. `argument`: everything behind the command, trimmed;
   * `message`: what carried it, for its photo or document.
   */
  read(argument: string, message: TelegramMessage): AdminAction | undefined
}

/** A command understood: what the audit event `admin_command` keeps of it, and how to carry it out. */
export interface AdminAction extends AdminTarget {
  /** Without the ids of people, and of messages and goods only their length: it is kept for ever. */
  readonly arguments: string
  /** A refusal of the use case is told to the admin and recorded as the outcome. */
  run(turn: Turn): Promise<AdminAnswer>
}

export interface AdminTarget {
  readonly targetUser?: UserId
  /** The row that it is about, unless that is `targetUser`. */
  readonly target?: { readonly table: string; readonly id: string }
}

/**
 * A message; or a notice (telegram/notices.ts) whose text is looked up when it is sent, for what no message that waits
 * may hold: goods, and people's data. `target` where it was not known before: what was made.
 */
export type AdminAnswer = Pick<AdminTarget, 'target'> & {
  /** "ok" where left out; otherwise why nothing was done. */
  readonly outcome?: string
} & (Message | { readonly notice: { readonly kind: string } & Readonly<Record<string, unknown>> })

/** Takes a text, or the caption of a `message` with a photo, that answers a question; says whether it was one. */
export type TextHandler = (turn: Turn, text: string, message: TelegramMessage) => Promise<boolean>

export const STALE = 'Tombol ini sudah tidak berlaku. Silakan pilih lagi dari menu.'

/** For buttons that are never stale: the press is answered before the work begins. */
export function answered(run: ButtonHandler['run']): ButtonHandler['run'] {
  return async (turn, groups) => {
    turn.answerPress()
    await run(turn, groups)
  }
}
