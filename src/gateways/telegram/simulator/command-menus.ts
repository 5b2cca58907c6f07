/** The command menu per scope: a chat's own list comes before the default one. */
import { badRequest } from './refusal.ts'
import type { BotCommand } from './types.ts'

const MAX_COMMANDS = 100

export class CommandMenus {
  readonly #menus = new Map<string, readonly BotCommand[]>()

  set(scope: unknown, commands: unknown): void {
    this.#menus.set(scopeKey(scope), readCommands(commands))
  }

  delete(scope: unknown): void {
    this.#menus.delete(scopeKey(scope))
  }

  /** What a person in this chat is offered. */
  forChat(chatId: number): readonly BotCommand[] {
    return this.#menus.get(`chat:${chatId}`) ?? this.#menus.get('default') ?? []
  }
}

function scopeKey(scope: unknown): string {
  if (scope === undefined) return 'default'
  if (typeof scope !== 'object' || scope === null || !('type' in scope)) {
    throw badRequest("can't parse BotCommandScope")
  }
  if (scope.type !== 'chat') return String(scope.type)
  if (!('chat_id' in scope)) throw badRequest('chat_id is empty')
  return `chat:${scope.chat_id}`
}

function readCommands(value: unknown): readonly BotCommand[] {
  if (!Array.isArray(value)) throw badRequest("can't parse commands: expected an Array")
  if (value.length > MAX_COMMANDS) throw badRequest('BOT_COMMANDS_TOO_MUCH')
  return value.map((item: unknown) => {
    const { command, description }: { command?: unknown; description?: unknown } =
      typeof item === 'object' && item !== null ? item : {}
    if (typeof command !== 'string' || !/^\/?[a-z0-9_]{1,32}$/.test(command)) {
      throw badRequest('BOT_COMMAND_INVALID')
    }
    if (typeof description !== 'string' || description.length < 1 || description.length > 256) {
      throw badRequest('BOT_COMMAND_DESCRIPTION_INVALID')
    }
    return { command: command.replace(/^\//, ''), description }
  })
}
