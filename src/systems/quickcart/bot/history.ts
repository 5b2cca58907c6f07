/** What a person ordered, topped up and got back, page by page (QuickCart, UC 13). */
import { encodeCursor } from '../../../kernel/cursor.ts'
import type { TransactionRow } from '../accounts/transaction.queries.ts'
import { transactionPage, transactionsBeside } from '../accounts/transactions.ts'
import { history } from '../telegram/messages/history.ts'
import { answered, type ButtonHandler } from './handlers.ts'
import { type Listing, pageSize, turnPage } from './pages.ts'
import type { Turn } from './turn.ts'

export const historyButtons: readonly ButtonHandler[] = [
  {
    pattern: /^(?:account|page):history:(\d{1,6})$/,
    run: answered(async (turn, [page]) =>
      turn.show(history(await turnPage(turn, listing(turn), Number(page)))),
    ),
  },
]

function listing(turn: Turn): Listing<TransactionRow> {
  const { store, user } = turn
  const size = pageSize(turn)
  return {
    context: 'history',
    keyOf: ({ at, reference }) => encodeCursor([Number(at), reference]),
    open: (page) => transactionPage(store, user.id, { page, size }),
    beside: (way, key) =>
      transactionsBeside(store, user.id, {
        way: way === 'after' ? 'older' : 'newer',
        cursor: String(key),
        limit: size,
      }),
  }
}
