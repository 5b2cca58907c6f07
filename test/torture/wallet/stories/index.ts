/** What people, services and finance do, each as a small story; the stories meet at the wallet. */
import type { Weighted } from '../../business.ts'
import type { Cast } from '../cast.ts'
import { adjust, settle } from './finance.ts'
import { come } from './newcomers.ts'
import { payByGateway, payFromWallet, payTooMuch, refund } from './payments.ts'
import { withdraw } from './payouts.ts'
import { grant, redeem, voucherForSome } from './points.ts'
import { topUp } from './topups.ts'

export const STORIES: Readonly<Record<string, Weighted<Cast>>> = {
  'top up': { story: topUp, weight: 16 },
  'pay from the wallet': { story: payFromWallet, weight: 20 },
  'pay by the gateway': { story: payByGateway, weight: 8 },
  'pay too much at once': { story: payTooMuch, weight: 4 },
  'give money back': { story: refund, weight: 10 },
  withdraw: { story: withdraw, weight: 12 },
  'give and take points': { story: grant, weight: 10 },
  'redeem points': { story: redeem, weight: 6 },
  'a voucher for some': { story: voucherForSome, weight: 3 },
  'correct a wallet': { story: adjust, weight: 4 },
  'settle with a service': { story: settle, weight: 3 },
  'come by invitation': { story: come, weight: 3 },
}
