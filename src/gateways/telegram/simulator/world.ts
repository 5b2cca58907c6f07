/** Everything that one simulated bot consists of; methods and people act on it. */
import type { Clock } from '../../../kernel/clock.ts'
import type { ChatBook } from './chat-book.ts'
import type { CommandMenus } from './command-menus.ts'
import type { FileStore } from './files.ts'
import type { FloodControl } from './flood.ts'
import type { Sender } from './types.ts'
import type { UpdateQueue } from './update-queue.ts'
import type { WebhookDelivery } from './webhook-delivery.ts'

export interface World {
  readonly clock: Clock
  readonly me: Sender
  readonly chats: ChatBook
  readonly files: FileStore
  readonly flood: FloodControl
  readonly queue: UpdateQueue
  readonly delivery: WebhookDelivery
  readonly menus: CommandMenus
  /** Presses that the bot may still answer, by callback query id. */
  readonly presses: Map<string, { readonly userId: number; readonly chatId: number; readonly at: number }>
}
