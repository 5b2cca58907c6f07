/** Button data holds 64 bytes, a category 255 characters: buttons carry a digest (QuickCart, §7.2). */
import { createHash } from 'node:crypto'

/** The first 8 hex digits of the category's SHA-256. */
export function categoryKey(category: string): string {
  return createHash('sha256').update(category).digest('hex').slice(0, 8)
}
