/**
 * What is attacked, as a running house: the shop with who is in it, and the wallet beside it. Ayu's things carry
 * canaries: words that occur nowhere else, and that no answer to anybody else may contain.
 */
import { systemClock } from '../../src/kernel/clock.ts'
import type { ErrorCatalogue } from '../../src/kernel/errors.ts'
import { type Database, openDatabase } from '../../src/postgres/database.ts'
import { sql } from '../../src/postgres/sql.ts'
import { quickcartErrors } from '../../src/systems/quickcart/errors.ts'
import { userstateErrors } from '../../src/systems/userstate/errors.ts'
import { houseFolder, stopHouse } from '../house.ts'
import type { Actor, Business } from './business.ts'
import { forgedTokens } from './tokens.ts'
import { openWallet } from './wallet.ts'

export const SECRETS = {
  telegram: 'telegram-secret-KANARI',
  pakasir: 'pakasir-secret-KANARI',
  xendit: 'xendit-secret-KANARI',
} as const

export interface World {
  readonly origin: string
  readonly shop: Business
  readonly wallet: Business
  readonly logFile: string
  /** What must stand in no log at all. */
  readonly secrets: ReadonlyMap<string, string>
  /** Undefined while the process lives. */
  exitCode(): number | null
  close(): Promise<void>
}

export function businessOf({ shop, wallet }: World, path: string): Business {
  return path.startsWith(wallet.prefix) ? wallet : shop
}

const AYU = 700_000_001
const BAGUS = 700_000_002
const CITRA = 700_000_003
const RINA = 100_000_002
const ADMIN = 900_000_001

export async function openWorld(): Promise<World> {
  const folder = await houseFolder()
  const house = await folder.start({
    NIAGA_LOG_LEVEL: 'debug',
    TELEGRAM_WEBHOOK_SECRET: SECRETS.telegram,
    PAKASIR_WEBHOOK_SECRET: SECRETS.pakasir,
    XENDIT_CALLBACK_TOKEN: SECRETS.xendit,
    REDIRECT_HOSTS: 'app.example',
    // Held in memory, so no `restore` can forget them.
    RATE_USER_PER_MINUTE: '1000000000',
    RATE_SERVICE_PER_MINUTE: '1000000000',
  })
  const open = async (name: string, errors: ErrorCatalogue) =>
    openDatabase({ name, url: await folder.databaseUrl(name), errors, clock: systemClock })
  const [db, audits] = [await open('db_store1', quickcartErrors), await open('db_audits', quickcartErrors)]
  const [wallets, walletAudits] = [
    await open('userstate', userstateErrors),
    await open('userstate_audits', userstateErrors),
  ]
  const secrets = new Map<string, string>(Object.entries(SECRETS))
  secrets.set('gateway key', 'sandbox-api-key').set('bot token', 'SANDBOX-quickcart-bot-token')
  const shop = await openShop(house.url, db, audits, secrets)
  const wallet = await openWallet({ origin: house.url, db: wallets, audits: walletAudits, secrets })
  return {
    origin: house.url,
    shop,
    wallet,
    logFile: `${folder.data}/niaga.log`,
    secrets,
    exitCode: () => house.child.exitCode,
    async close() {
      await Promise.all([db, audits, wallets, walletAudits].map((each) => each.close()))
      if (house.child.exitCode === null) await stopHouse(house)
      await folder.remove()
    },
  }
}

async function openShop(
  origin: string,
  db: Database,
  audits: Database,
  secrets: Map<string, string>,
): Promise<Business> {
  const canaries = new Map<string, string>()
  const shop = new Stage(origin, db, canaries, secrets)

  const ayu = await shop.person(AYU, 'KanariAyu')
  const bagus = await shop.person(BAGUS, 'Bagus')
  const citra = await shop.person(CITRA, 'Citra')
  const [rina, admin] = [await shop.signIn(RINA), await shop.signIn(ADMIN)]
  const own = await shop.furnish(ayu, bagus)
  const pools: Readonly<Record<string, readonly unknown[]>> = {
    product_id: [1, 2, 3, 501, 502, 503, 504],
    quantity: [1, 1, 2],
    id: [1, 2, 3, 501, 502, 503, 504],
    invoice: own.invoices,
    stock_id: own.stockIds,
    voucher_code: ['DEMO1234'],
    code: ['DEMO1234'],
    user_id: [AYU, BAGUS, CITRA, RINA, ADMIN],
    cursor: own.cursors,
    init_data: [await shop.initData(BAGUS), await shop.initData(CITRA)],
    refresh_token: [bagus.refresh, citra.refresh],
    email: ['bagus@example.com'],
  }
  const actor = (name: string, token: string, id: number, seesAll = false): Actor => ({
    name,
    id,
    seesAll,
    headers: { authorization: `Bearer ${token}` },
  })
  return {
    prefix: '/quickcart/',
    db,
    audits,
    canaries,
    sealed: new Map(),
    secrets: new Map([...secrets].filter(([what]) => IN_THEIR_TABLES.includes(what))),
    actors: [
      { name: 'nobody', seesAll: false, headers: {} },
      actor('Bagus', bagus.token, BAGUS),
      actor('Bagus', bagus.token, BAGUS),
      actor('Citra', citra.token, CITRA),
      actor('Rina', rina.token, RINA),
      actor('Admin', admin.token, ADMIN, true),
      actor('Admin', admin.token, ADMIN, true),
      ...forgedTokens(bagus.token, bagus.refresh, String(AYU)),
      {
        name: 'a made-up key',
        seesAll: false,
        headers: { 'x-api-key': `niaga_${'0'.repeat(12)}_${'a'.repeat(43)}` },
      },
    ],
    known(name, random) {
      const pool = pools[name.slice(name.indexOf('/') + 1)]
      return pool && pool.length > 0 ? random.pick(pool) : undefined
    },
    async restore() {
      await db.run(sql`delete from niaga.kv where key like 'rate:%'`)
    },
  }
}

/** Goods and QR codes stand in their tables and in the chat of who bought them; nowhere else. */
const IN_THEIR_TABLES: readonly string[] = ['goods', 'goods off sale', 'QR']

interface SignedIn {
  readonly id: number
  readonly token: string
  readonly refresh: string
}

/** Puts people, goods and orders in place. */
class Stage {
  readonly #origin: string
  readonly #db: Database
  readonly #canaries: Map<string, string>
  readonly #secrets: Map<string, string>

  constructor(origin: string, db: Database, canaries: Map<string, string>, secrets: Map<string, string>) {
    this.#origin = origin
    this.#db = db
    this.#canaries = canaries
    this.#secrets = secrets
  }

  async initData(id: number): Promise<string> {
    const { init_data } = await this.#ask<{ init_data: string }>(
      'GET',
      `/sim/telegram/_sim/users/${id}/login`,
    )
    return init_data
  }

  async signIn(id: number): Promise<SignedIn> {
    const { access_token, refresh_token } = await this.#ask<{ access_token: string; refresh_token: string }>(
      'POST',
      '/quickcart/v1/auth/telegram',
      { init_data: await this.initData(id) },
    )
    this.#secrets.set(`access token of ${id}`, access_token).set(`refresh token of ${id}`, refresh_token)
    return { id, token: access_token, refresh: refresh_token }
  }

  /** Known to Telegram, signed in, with money to spend. */
  async person(id: number, name: string): Promise<SignedIn> {
    await this.#ask('POST', '/sim/telegram/_sim/users', { id, first_name: name, username: `${name}_user` })
    const person = await this.signIn(id)
    await this.#db.run(
      sql`select post_transfers(${`adj:fuzz-${id}`}, array['adjustments'], array[${`user.${id}`}], array[1000000::numeric])`,
    )
    return person
  }

  /** Ayu's canaries, products, one paid and one pending order of hers, and one of each of Bagus'. */
  async furnish(ayu: SignedIn, bagus: SignedIn) {
    await this.#ask(
      'PATCH',
      '/quickcart/v1/me',
      { name: 'KANARI-nama', email: 'kanari-surat@example.com', whatsapp_number: '+628999000111222' },
      ayu,
    )
    this.#keep('name', 'KANARI-nama').#keep('e-mail', 'kanari-surat@example.com')
    this.#keep('whatsapp', '628999000111222').#keep('username', 'kanariayu_user')
    const { bank_id } = await this.#db.one<{ bank_id: string }>(
      sql`select bank_id from users where id = ${ayu.id}`,
    )
    this.#keep('access token', ayu.token).#keep('refresh token', ayu.refresh)
    await this.#product(501, 'Milik Ayu', ['KANARI-barang-1'])
    await this.#product(
      502,
      'Ramai',
      Array.from({ length: 60 }, (_, i) => `umum-${i}`),
    )
    await this.#product(503, 'Simpanan', ['KANARI-simpanan'])
    await this.#product(504, 'Milik Bagus', ['bagus-1', 'bagus-2'])
    await this.#db.run(sql`update products set is_active = false where id in (501, 503)`)
    await this.#db.run(sql`update products set is_active = true where id = 501`)
    const paid = await this.#order(ayu, 501, 'account_balance', 'ayu-paid')
    await this.#db.run(sql`update products set is_active = false where id = 501`)
    this.#keep('goods', 'KANARI-barang-1').#keep('goods off sale', 'KANARI-simpanan')
    this.#secrets.set('goods', 'KANARI-barang-1').set('goods off sale', 'KANARI-simpanan')
    const pending = await this.#order(ayu, 502, 'qris', 'ayu-pending')
    const { qr } = await this.#db.one<{ qr: string }>(
      sql`select qr_string as qr from payments where invoice_id = ${pending}`,
    )
    this.#keep('QR', qr)
    this.#secrets.set('QR', qr)
    const [bagusPaid, bagusPending] = [
      await this.#order(bagus, 504, 'account_balance', 'bagus-paid'),
      await this.#order(bagus, 502, 'qris', 'bagus-pending'),
    ]
    const stock = await this.#db.many<{ id: string }>(
      sql`select id from product_stocks where product_id in (501, 502, 503) order by content limit 8`,
    )
    const { next_cursor } = await this.#ask<{ next_cursor: string }>('GET', '/quickcart/v1/products?limit=1')
    return {
      bankId: bank_id,
      invoices: [paid, pending, bagusPaid, bagusPending],
      stockIds: stock.map(({ id }) => id),
      cursors: [
        next_cursor,
        Buffer.from('[1]').toString('base64url'),
        Buffer.from('["2026-01-01",1]').toString('base64url'),
      ],
    }
  }

  #keep(what: string, word: string): this {
    this.#canaries.set(what, word)
    return this
  }

  async #product(id: number, name: string, contents: readonly string[]): Promise<void> {
    await this.#db.run(sql`select create_product(${id}, ${name}, null, 10000, null)`)
    await this.#db.run(sql`select added from add_stock(${id}, ${contents})`)
  }

  async #order(who: SignedIn, productId: number, method: string, key: string): Promise<string> {
    const body = { items: [{ product_id: productId, quantity: 1 }], payment_method: method }
    const { invoice } = await this.#ask<{ invoice: string }>('POST', '/quickcart/v1/orders', body, who, key)
    return invoice
  }

  async #ask<T>(method: string, path: string, body?: unknown, who?: SignedIn, key?: string): Promise<T> {
    const answer = await fetch(`${this.#origin}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(who === undefined ? {} : { authorization: `Bearer ${who.token}` }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`)
    return JSON.parse(text)
  }
}
