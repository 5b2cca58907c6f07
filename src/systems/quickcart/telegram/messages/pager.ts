import type { InlineKeyboardButton } from 'grammy/types'
import { button } from '../message.ts'

/** The row that turns pages; none where there is one page. `turn` makes the data of another page of the same list. */
export function pager(
  page: number,
  totalPages: number,
  turn: (page: number) => string,
): InlineKeyboardButton[][] {
  if (totalPages <= 1) return []
  return [
    [
      ...(page > 1 ? [button('◀️', turn(page - 1))] : []),
      button(`${page}/${totalPages}`, 'noop'),
      ...(page < totalPages ? [button('▶️', turn(page + 1))] : []),
    ],
  ]
}
