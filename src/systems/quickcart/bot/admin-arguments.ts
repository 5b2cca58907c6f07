/** What admin commands are made of: fields between bars, ids of products and people. */
import { type UserId, userId } from '../accounts/user-id.ts'

const MAX_PRODUCT_ID = 2_147_483_647
/** Telegram's ids have at most 52 significant bits. */
const USER_ID = /^\d{1,16}$/

/** "101 | Streaming" → ["101", "Streaming"]. Undefined unless there are exactly so many fields, none of them empty. */
export function fields(argument: string, count: number): readonly string[] | undefined {
  const parts = argument.split('|').map((part) => part.trim())
  return parts.length === count && parts.every((part) => part !== '') ? parts : undefined
}

export function readProductId(text = ''): number | undefined {
  const id = /^\d{1,10}$/.test(text.trim()) ? Number(text) : 0
  return id >= 1 && id <= MAX_PRODUCT_ID ? id : undefined
}

export function readUserId(text = ''): UserId | undefined {
  return USER_ID.test(text.trim()) && BigInt(text) > 0n ? userId(text.trim()) : undefined
}
