import type { Brand } from '../../../kernel/brand.ts'

/** A person: their Telegram user id. */
export type UserId = Brand<bigint, 'UserId'>

export function userId(id: bigint | number | string): UserId {
  return BigInt(id) as UserId
}
