/** Bot updates as Telegram sends them: people who type anything, press buttons of any age, and are anybody. */
import type { Random } from '../random.ts'
import type { Business } from './business.ts'
import { hostile, hostileText } from './values.ts'

const COMMANDS: readonly string[] = [
  '/start',
  '/help',
  '/skip',
  '/cancel',
  '/stock',
  '/order',
  '/refund',
  '/reff',
  '/mydata',
  '/deleteaccount',
  '/version',
  '/add',
  '/addstock',
  '/del',
  '/delstock',
  '/delallstock',
  '/editid',
  '/editcategory',
  '/editsold',
  '/disc',
  '/discat',
  '/priceress',
  '/exportstock',
  '/info',
  '/pm',
  '/transfer',
  '/editbalance',
  '/ban',
  '/unban',
  '/addadmin',
  '/rmadmin',
  '/addreseller',
  '/rmress',
  '/whitelist',
  '/rm',
  '/broadcast',
  '/giveaway',
  '/setformula',
  '/claim',
  '/nothing',
  'LIST PRODUK',
  'STOK',
  'AKUN',
  'KIRIM PESAN',
]

const DATA: readonly string[] = [
  'menu:main',
  'menu:categories',
  'menu:best',
  'menu:all',
  'cat:00000000:1',
  'page:all:2',
  'page:all:-1',
  'page::',
  'product:1',
  'product:502',
  'product:99999999999',
  'product:x',
  'qty:1',
  'qty:-1',
  'qty:10',
  'qty:99999',
  'checkout',
  'voucher:use',
  'voucher:skip',
  'pay:qris:10380',
  'pay:balance:10000',
  'pay:qris:x',
  'pay:balance:1e9',
  'payment:status:TRX20260101AAAAAA',
  'payment:cancel:TRX20260101AAAAAA',
  'deposit:start',
  'deposit:custom',
  'deposit:amount:50000',
  'deposit:amount:-1',
  'account:menu',
  'account:edit:name',
  'account:edit:email',
  'account:edit:whatsapp',
  'account:edit:bank_id',
  'account:history:1',
  'account:history:9999999999',
  'refund:request:TRX20260101AAAAAA',
  'refund:approve:1',
  'refund:reject:99999999999999999999',
  'stats:top_buyers',
  'broadcast:confirm:1',
  'broadcast:cancel:x',
  'privacy:confirm',
  'privacy:cancel',
  'noop',
  ':',
  '::::',
  'x',
]

/**
 * From here on the numbers of updates that Telegram would never send. Whoever knows its secret can: they may end as
 * failed events, and must break nothing else.
 */
export const DAMAGED = 1_000_000_000

/** Each has a number of its own: two with one number are one to the shop. */
export function randomUpdate(shop: Business, number: number, random: Random): unknown {
  const id = Number(shop.known('user_id', random))
  const from = {
    id,
    is_bot: false,
    first_name: random.chance(0.2) ? hostileText(random) : 'Orang',
    username: `u${id}`,
  }
  const isPrivate = random.chance(0.9)
  const chat = isPrivate
    ? { id, type: 'private', first_name: 'Orang' }
    : { id: -1000 - random.int(3), type: random.pick(['group', 'supergroup']), title: 'Grup' }
  const message = {
    message_id: 1 + random.int(50),
    date: 1_760_000_000,
    chat,
    from,
    text: words(shop, random),
  }
  const isDamaged = random.chance(0.1)
  const update: Record<string, unknown> = { update_id: (isDamaged ? DAMAGED : 10_000) + number }
  const kind = random.int(10)
  if (kind < 5) update.message = message
  else if (kind < 8) {
    const data = random.chance(0.8) ? random.pick(DATA) : hostileText(random)
    const withInvoice = data.replace('TRX20260101AAAAAA', String(shop.known('invoice', random)))
    update.callback_query = { id: String(number), from, message, chat_instance: '1', data: withInvoice }
  } else if (kind === 8) {
    const member = (status: string) => ({ status, user: from })
    update.my_chat_member = {
      chat,
      from,
      date: 1_760_000_000,
      old_chat_member: member('member'),
      new_chat_member: member('member'),
    }
  } else
    update.message = {
      ...message,
      text: undefined,
      [random.pick(['photo', 'document', 'caption', 'sticker', 'contact'])]: hostile(random),
    }
  return isDamaged ? damaged(update, random) : update
}

function words(shop: Business, random: Random): string {
  if (random.chance(0.3)) return hostileText(random)
  const argument = random.pick([
    '',
    '1',
    '502',
    '1|2|3',
    '-|Nama|-|1000|-',
    '1000|5',
    String(shop.known('user_id', random)),
    `${String(shop.known('user_id', random))}|1000`,
    String(shop.known('invoice', random)),
    hostileText(random),
    '10%',
    '1|10%',
  ])
  return `${random.pick(COMMANDS)} ${argument}`.trim()
}

/** Something of it is missing or of another kind. */
function damaged(update: Record<string, unknown>, random: Random): unknown {
  const part = random.pick(Object.keys(update))
  if (random.chance(0.4)) return { ...update, [part]: hostile(random) }
  const inner: unknown = update[part]
  if (typeof inner !== 'object' || inner === null) return { ...update, [part]: hostile(random) }
  return { ...update, [part]: { ...inner, [random.pick(Object.keys(inner))]: hostile(random) } }
}
