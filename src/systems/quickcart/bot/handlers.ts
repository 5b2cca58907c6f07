/** How a subject says what it listens to; bot.ts gives the updates out. */
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

/** Takes a text that answers a question; says whether it was one. */
export type TextHandler = (turn: Turn, text: string) => Promise<boolean>

export const STALE = 'Tombol ini sudah tidak berlaku. Silakan pilih lagi dari menu.'
