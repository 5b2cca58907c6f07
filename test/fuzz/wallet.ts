/**
 * The wallet that is attacked, and who is in it. Sari never asks for anything once her things are in place: they carry
 * canaries. Everybody else does.
 */
import type { Database } from '../../src/postgres/database.ts'
import { sql } from '../../src/postgres/sql.ts'
import type { Random } from '../random.ts'
import type { Actor, Business } from './business.ts'
import { forgedTokens } from './tokens.ts'

/** Of everybody: registered once, its hash is everybody's. */
const PASSWORD = 'KANARI-benar-Kuda-7-baterai'
const ACCOUNT_NUMBER = '991234567001'
const SARI = 'sari'
const PEOPLE = [SARI, 'dimas', 'eko']
/** By their names, with their role. */
const STAFF = { kepala: 'admin', sinta: 'support', fajar: 'finance', mira: 'marketing' } as const
/** Services; `toko` may not read profiles. */
const SCOPES = {
  toko: ['payments:charge', 'payments:settle', 'payments:read', 'points:write', 'push:send'],
  kedai: ['service'],
  cadangan: ['service'],
} as const

export interface WalletOptions {
  readonly origin: string
  readonly db: Database
  readonly audits: Database
  /** Gains what must stand in no log at all. */
  readonly secrets: Map<string, string>
}

export async function openWallet(options: WalletOptions): Promise<Business> {
  const { db, audits, secrets } = options
  const canaries = new Map<string, string>()
  const stage = new WalletStage(options, canaries)
  await stage.hire()
  const keys = new Map<string, Key>()
  for (const [holder, scopes] of Object.entries(SCOPES)) keys.set(holder, await stage.key(holder, scopes))
  await stage.vouchers()
  for (const person of PEOPLE) await stage.person(person)
  const kinds = [await stage.furnish(SARI, true), await stage.furnish('dimas', false)]
  const { known, cursors } = await stage.pools(kinds)

  const person = (name: string, seesAll = false): Actor => stage.actor(name, stage.tokenOf(name), seesAll)
  const service = (holder: string, seesAll = false): Actor =>
    stage.service(holder, keys.get(holder)?.apikey ?? '', seesAll)
  const dimas = stage.signedIn('dimas')
  const pools: Readonly<Record<string, readonly unknown[]>> = {
    ...known,
    ...WORDS,
    key_id: [keys.get('cadangan')?.id],
    cursor: cursors,
    refresh_token: [dimas.refresh_token, stage.signedIn('eko').refresh_token],
  }
  return {
    prefix: '/userstate/',
    db,
    audits,
    canaries,
    sealed: new Map([
      ['account number', ACCOUNT_NUMBER],
      ['password', PASSWORD],
      ['password hash', await stage.passwordHash()],
    ]),
    secrets: new Map(['account number', 'password'].map((what) => [what, secrets.get(what) ?? ''])),
    actors: [
      { name: 'nobody', seesAll: false, headers: {} },
      ...['dimas', 'dimas', 'dimas', 'eko', 'mira'].map((name) => person(name)),
      ...['kepala', 'kepala', 'sinta', 'fajar'].map((name) => person(name, true)),
      service('toko'),
      service('toko'),
      service('kedai', true),
      ...forgedTokens(dimas.access_token, dimas.refresh_token, SARI),
      stage.service('kedai', `us_${'a'.repeat(40)}`, false, 'a made-up key'),
    ],
    known(name: string, random: Random) {
      const pool = pools[name] ?? pools[name.slice(name.indexOf('/') + 1)]
      return pool && pool.length > 0 ? random.pick(pool) : undefined
    },
    /** Whoever signed somebody out or sent them away did it for one batch. */
    async restore() {
      const names = [...PEOPLE, ...Object.keys(STAFF)]
      await db.run(sql`delete from niaga.kv where key like 'rate:%' or key like 'login%'`)
      await db.run(
        sql`update niaga.session set revoked_at = null where subject = any(${names}) and revoked_at is not null`,
      )
      await db.run(sql`update user_login set disabled = false where username = any(${names}) and disabled`)
      for (const [name, role] of Object.entries(STAFF))
        await db.run(
          sql`insert into user_role (username, role) values (${name}, ${role}) on conflict do nothing`,
        )
    },
  }
}

/** What fits fields whose schema alone does not say it. */
const WORDS: Readonly<Record<string, readonly unknown[]>> = {
  username: [SARI, 'dimas', 'eko', 'kepala'],
  usernames: [['dimas', 'eko']],
  login: ['dimas', 'eko'],
  password: [PASSWORD],
  current_password: [PASSWORD],
  new_password: [PASSWORD, 'lain-Kuda-8-baterai'],
  otp: ['123456'],
  email: ['dimas@example.com', 'baru@example.com'],
  phone: ['0812-3456-7890'],
  phone_number: ['081234567890'],
  date_of_birth: ['1990-01-31'],
  amount: ['1', '5', '10000', '20000', '50000'],
  payee: ['toko', 'kedai'],
  holder: ['toko', 'kedai'],
  commission_onmarket: ['0', '100'],
  freight_charge: ['0'],
  insurance_amount: ['0'],
  payment_type: ['BANK_TRANSFER', 'QR_CODE'],
  channel: [1, 2],
  account_number: ['1234567001', '1234567404', '1234567777'],
  success_redirect_url: ['https://app.example/ok'],
  post_id: ['40111'],
  code: ['HEMAT', 'SALDO', 'POIN'],
  voucher_code: ['HEMAT', 'SALDO'],
  referral_code: ['KODEDIMAS', 'KODEEKO'],
  'settings/key': ['points.value', 'topup.min', 'payout.fee'],
  from: ['2026-01-01T00:00:00Z'],
  since: ['2026-01-01T00:00:00Z'],
  until: ['2099-01-01T00:00:00Z'],
  to: ['2099-01-01T00:00:00Z'],
  starts_at: ['2026-01-01T00:00:00Z'],
  ends_at: ['2099-01-01T00:00:00Z'],
  expires_at: ['2099-01-01T00:00:00Z'],
  scheduled_at: ['2099-01-01T00:00:00Z'],
  email_like: ['%@example.com', '%'],
  username_like: ['%', 's%'],
  entity_type: ['user_info', 'user_login'],
}

interface Tokens {
  readonly access_token: string
  readonly refresh_token: string
}

interface Key {
  readonly id: string
  readonly apikey: string
}

interface Asked {
  readonly by: string
  readonly key?: string
}

/** Puts people, services and what belongs to them in place. */
class WalletStage {
  readonly #root: string
  readonly #db: Database
  readonly #secrets: Map<string, string>
  readonly #canaries: Map<string, string>
  readonly #tokens = new Map<string, Tokens>()
  readonly #headers = new Map<string, Readonly<Record<string, string>>>()

  constructor({ origin, db, secrets }: WalletOptions, canaries: Map<string, string>) {
    this.#root = `${origin}/userstate/v1`
    this.#db = db
    this.#secrets = secrets
    this.#canaries = canaries
    secrets.set('password', PASSWORD).set('account number', ACCOUNT_NUMBER)
  }

  /** One registers as everybody does; the others have the same password. */
  async hire(): Promise<void> {
    const [first = '', ...others] = Object.keys(STAFF)
    await this.#ask('POST', '/auth/register', {
      username: first,
      password: PASSWORD,
      email: `${first}@example.com`,
      first_name: 'Kepala',
      last_name: 'Dompet',
    })
    for (const name of [...others, ...PEOPLE]) await this.#copy(name, first)
    for (const [name, role] of Object.entries(STAFF)) {
      await this.#db.run(sql`insert into user_role (username, role) values (${name}, ${role})`)
      await this.#signIn(name)
    }
  }

  async #copy(name: string, first: string): Promise<void> {
    const isSari = name === SARI
    const email = isSari ? 'kanari-dompet@example.com' : `${name}@example.com`
    const given = isSari ? 'KANARI-depan' : 'Budi'
    const family = isSari ? 'KANARI-belakang' : 'Santoso'
    const phone = isSari ? '+628111222333444' : '+628120000000'
    await this.#db.run(sql`
      insert into user_login (username, pwd) select ${name}, pwd from user_login where username = ${first}`)
    await this.#db.run(sql`
      insert into user_info (username, email, first_name, last_name, phone_number, referral_code, email_verified_at)
      values (${name}, ${email}, ${given}, ${family}, ${phone}, ${`KODE${name.toUpperCase()}`}, now())`)
    if (isSari)
      this.#canaries
        .set('e-mail', email)
        .set('first name', given)
        .set('last name', family)
        .set('phone', '8111222333444')
  }

  /** Signed in, with money and points. */
  async person(name: string): Promise<void> {
    await this.#db.run(
      sql`insert into user_balance (username, balance, onapps_point) values (${name}, 5000000, '500')`,
    )
    await this.#signIn(name)
  }

  async #signIn(name: string): Promise<void> {
    const tokens = await this.#ask<Tokens>('POST', '/auth/login', { login: name, password: PASSWORD })
    this.#tokens.set(name, tokens)
    this.#headers.set(name, { authorization: `Bearer ${tokens.access_token}` })
    this.#secrets
      .set(`access token of ${name}`, tokens.access_token)
      .set(`refresh token of ${name}`, tokens.refresh_token)
  }

  async key(holder: string, scopes: readonly string[]): Promise<Key> {
    const body = { holder, scopes }
    const { apikey, key_id: id } = await this.#ask<{ apikey: string; key_id: string }>(
      'POST',
      '/admin/api-keys',
      body,
      { by: 'kepala' },
    )
    this.#headers.set(holder, this.service(holder, apikey, false).headers)
    this.#secrets.set(`key of ${holder}`, apikey)
    return { apikey, id }
  }

  async vouchers(): Promise<void> {
    const terms = { value: 1000, quota: 1_000_000, per_user_limit: 1_000 }
    for (const [code, kind] of [
      ['HEMAT', 'DISCOUNT_FIXED'],
      ['SALDO', 'BALANCE'],
      ['POIN', 'POINTS'],
    ])
      await this.#ask('POST', '/admin/vouchers', { code, kind, ...terms }, { by: 'kepala' })
  }

  /** An address, a bank account, a device, something under way of each kind. Answers what was made, by the path it is under. */
  async furnish(name: string, isCanary: boolean): Promise<Readonly<Record<string, unknown>>> {
    const word = (what: string) => {
      const text = `${isCanary ? 'KANARI' : name}-${what}`
      if (isCanary) this.#canaries.set(what, text)
      return text
    }
    const post = async (path: string, body: object) => {
      const { id } = await this.#ask<{ id?: unknown }>('POST', path, body, {
        by: name,
        key: `${name}-${path}`,
      })
      return id
    }
    // Before anything is paid, or it is too late.
    if (isCanary) await post('/referrals', { referral_code: 'KODEDIMAS' })
    const address = await post('/addresses', {
      recipient: word('recipient'),
      phone: '0811-2223-3344',
      address_input: word('street'),
      province: 'Jawa Barat',
      district: 'Coblong',
      city: 'Bandung',
      urban: 'Dago',
      post_id: '40135',
    })
    const account = await post('/bank-accounts', {
      channel: 1,
      account_number: isCanary ? ACCOUNT_NUMBER : '1234567002',
      account_holder_name: word('holder'),
    })
    // No canary: whoever knows a device's token has the device.
    await post('/devices', { fcm_id: `${name}-device`, platform: 'android' })
    const topup = await post('/topups', { amount: '100000' })
    const held = await post('/payments', {
      payee: 'kedai',
      amount: '20000',
      description: word('description'),
    })
    const paid = await post('/payments', { payee: 'kedai', amount: '30000', capture: 'automatic' })
    const byGateway = await post('/payments', { payee: 'kedai', amount: '40000', method: 'XENDIT' })
    await post('/vouchers/redemptions', { code: 'SALDO' })
    await post('/points/redemptions', { amount: '10' })
    return { address, account, topup, held, paid, byGateway }
  }

  /** Ids and numbers that exist, by the last word of the path before them. */
  async pools(kinds: readonly Readonly<Record<string, unknown>>[]) {
    const all = (...names: string[]) => kinds.flatMap((kind) => names.map((name) => kind[name]))
    const invoices = await this.#db.many<{ invoice: string; xendit: string | null; url: string | null }>(sql`
      select invoice, xendit_invoice as xendit, xendit_url as url from user_transaction where username = any(${PEOPLE})`)
    const [sari, dimas] = [await this.#sessions(SARI), await this.#sessions('dimas')]
    const grant = {
      username: 'dimas',
      type: 'EARN',
      amount: '5',
      reference_number: 'fuzz-1',
      src: 'PROMO',
      status: 'PENDING',
    }
    const made = await this.#ask<{ id?: number; mutation?: { id: number } }>(
      'POST',
      '/points/grants',
      grant,
      {
        by: 'toko',
        key: 'fuzz-grant',
      },
    )
    const { next_cursor } = await this.#ask<{ next_cursor: unknown }>(
      'GET',
      '/transactions?limit=1',
      undefined,
      {
        by: 'dimas',
      },
    )
    return {
      known: {
        'addresses/id': all('address'),
        'bank-accounts/id': all('account'),
        'topups/id': all('topup', 'held'),
        'payments/id': all('held', 'paid', 'byGateway'),
        'transactions/id': all('topup', 'held', 'paid', 'byGateway'),
        'sessions/id': [...sari, ...dimas],
        'grants/id': [made.id ?? made.mutation?.id],
        'payouts/id': [1, 2],
        'webhooks/id': [1, 2, 3],
        'offers/id': [1, 2],
        'campaigns/id': [1, 2],
        'bank-channels/id': [1, 2],
        'payment-types/id': [1, 2],
        bank_account_id: all('account'),
        fcm_id: ['sari-device', 'dimas-device', 'baru-device'],
        invoice: invoices.map(({ invoice }) => invoice),
        xendit_invoice: invoices.flatMap(({ xendit }) => xendit ?? []),
      },
      cursors: [
        next_cursor,
        Buffer.from('[1]').toString('base64url'),
        Buffer.from('["x",1]').toString('base64url'),
      ],
    }
  }

  async #sessions(name: string): Promise<string[]> {
    const rows = await this.#db.many<{ id: string }>(
      sql`select id::text from niaga.session where subject = ${name}`,
    )
    return rows.map(({ id }) => id)
  }

  async passwordHash(): Promise<string> {
    const { pwd } = await this.#db.one<{ pwd: string }>(
      sql`select pwd from user_login where username = ${SARI}`,
    )
    return pwd
  }

  signedIn(name: string): Tokens {
    const tokens = this.#tokens.get(name)
    if (!tokens) throw new Error(`${name} is not signed in`)
    return tokens
  }

  tokenOf(name: string): string {
    return this.signedIn(name).access_token
  }

  actor(name: string, token: string, seesAll: boolean): Actor {
    return { name, id: name, seesAll, headers: { authorization: `Bearer ${token}` } }
  }

  service(holder: string, secret: string, seesAll: boolean, name = holder): Actor {
    const authorization = `Basic ${Buffer.from(`${holder}:${secret}`).toString('base64')}`
    return { name, seesAll, headers: { authorization }, ...(name === holder ? { id: holder } : {}) }
  }

  async #ask<T>(method: string, path: string, body?: object, { by, key }: Partial<Asked> = {}): Promise<T> {
    const answer = await fetch(`${this.#root}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(by === undefined ? {} : this.#headers.get(by)),
        ...(key === undefined
          ? {}
          : { 'idempotency-key': `${key}-${JSON.stringify(body).length}`.replaceAll('/', '-') }),
      },
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path} by ${by} answered ${answer.status}: ${text}`)
    return text === '' ? JSON.parse('{}') : JSON.parse(text)
  }
}
