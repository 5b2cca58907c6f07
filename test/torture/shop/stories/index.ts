/** What the customers and the administrator do, each as a small story; the stories meet in the shop. */
import type { Weighted } from '../../business.ts'
import type { Cast } from '../cast.ts'
import { banAndUnban, sayHello } from './accounts.ts'
import { adjust, setBalance } from './balances.ts'
import { broadcast, broadcastAgainstCancel } from './broadcasts.ts'
import { deposit, twoDeposits } from './deposits.ts'
import { giveaway } from './giveaways.ts'
import { loadGoods, sendAgain } from './goods.ts'
import { refund, refundAskedTwice, refundDecidedTwice } from './refunds.ts'
import {
  doubleClick,
  keyOfAnother,
  lastItems,
  oneVoucher,
  orderAlone,
  twoCarts,
  twoVouchers,
} from './shopping.ts'

export const STORIES: Readonly<Record<string, Weighted<Cast>>> = {
  'order by QRIS': { story: (cast, random) => orderAlone(cast, random, 'qris'), weight: 20 },
  'order from the balance': {
    story: (cast, random) => orderAlone(cast, random, 'account_balance'),
    weight: 16,
  },
  'double click': { story: doubleClick, weight: 8 },
  'key of another request': { story: keyOfAnother, weight: 3 },
  'two carts at once': { story: twoCarts, weight: 12 },
  'two vouchers at once': { story: twoVouchers, weight: 8 },
  'one voucher, two people': { story: oneVoucher, weight: 8 },
  'the last items': { story: lastItems, weight: 10 },
  'load goods': { story: loadGoods, weight: 8 },
  'send again': { story: sendAgain, weight: 2 },
  'say hello': { story: sayHello, weight: 3 },
  deposit: { story: deposit, weight: 10, needs: '/deposits' },
  'two deposits at once': { story: twoDeposits, weight: 5, needs: '/deposits' },
  'adjust a balance': { story: adjust, weight: 5, needs: '/admin/users/{id}/balance' },
  'set a balance': { story: setBalance, weight: 4, needs: '/admin/users/{id}/balance' },
  refund: { story: refund, weight: 6, needs: '/orders/{invoice}/refund' },
  'a refund asked for twice': { story: refundAskedTwice, weight: 4, needs: '/orders/{invoice}/refund' },
  'a refund decided twice': { story: refundDecidedTwice, weight: 5, needs: '/admin/refunds/{id}/reject' },
  'ban and unban': { story: banAndUnban, weight: 3, needs: '/admin/users/{id}/ban' },
  giveaway: { story: giveaway, weight: 2, needs: '/admin/giveaways' },
  broadcast: { story: broadcast, weight: 1, needs: '/admin/broadcasts' },
  'a broadcast against its cancellation': {
    story: broadcastAgainstCancel,
    weight: 1,
    needs: '/admin/broadcasts',
  },
}
