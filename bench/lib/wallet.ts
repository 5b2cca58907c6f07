/** People and services of the wallet's benchmarks. */
import { type BenchHouse, query } from './house.ts'

export const PASSWORD = 'benar-Kuda-7-baterai'
export const STAFF = 'kepala'
export const SERVICE = 'kedai'

interface Asked {
  readonly method?: string
  readonly body?: unknown
  readonly authorization?: string
  readonly key?: string
}

/** What answers may hold, as far as the benchmarks look. */
export interface Answer {
  readonly id?: string
  readonly status?: string
  readonly invoice?: string
  readonly access_token?: string
  readonly apikey?: string
}

/** @throws Error for everything but 2xx */
export async function ask({ url }: BenchHouse, path: string, asked: Asked = {}): Promise<Answer> {
  const { method = 'GET', body, authorization, key } = asked
  const answer = await fetch(`${url}/userstate/v1${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(authorization === undefined ? {} : { authorization }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    },
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
  return JSON.parse(text)
}

/** The Authorization header of somebody who signs in now. */
export async function signIn(house: BenchHouse, login: string): Promise<string> {
  const body = { login, password: PASSWORD }
  const { access_token: token } = await ask(house, '/auth/login', { method: 'POST', body })
  return `Bearer ${token}`
}

/** An admin who registers as everybody does; answers their header. */
export async function hire(house: BenchHouse): Promise<string> {
  const body = {
    username: STAFF,
    password: PASSWORD,
    email: `${STAFF}@example.com`,
    first_name: 'Kepala',
    last_name: 'Keuangan',
  }
  await ask(house, '/auth/register', { method: 'POST', body })
  await query(
    house.database('userstate'),
    `insert into user_role (username, role) select $1, unnest(array['admin', 'finance', 'support'])`,
    [STAFF],
  )
  return await signIn(house, STAFF)
}

/** A service that may charge wallets; answers its header. */
export async function openService(house: BenchHouse, authorization: string): Promise<string> {
  const body = { holder: SERVICE, scopes: ['payments:charge', 'payments:settle', 'payments:read'] }
  const { apikey } = await ask(house, '/admin/api-keys', { method: 'POST', body, authorization })
  return `Basic ${Buffer.from(`${SERVICE}:${apikey}`).toString('base64')}`
}

/** `person_1` to `person_{count}` with the admin's password, a confirmed address and Rp 1.000.000 each. */
export async function addPeople(house: BenchHouse, count: number): Promise<void> {
  const statements = [
    `insert into user_login (username, pwd)
      select 'person_' || n, (select pwd from user_login where username = '${STAFF}') from generate_series(1, $1::int) n`,
    `insert into user_info (username, email, first_name, last_name, referral_code, email_verified_at)
      select 'person_' || n, 'person_' || n || '@example.com', 'Budi', 'Santoso', 'CODE' || n, now()
      from generate_series(1, $1::int) n`,
    `insert into user_balance (username, balance) select 'person_' || n, 1000000 from generate_series(1, $1::int) n`,
  ]
  for (const statement of statements) await query(house.database('userstate'), statement, [count])
}
