/**
 * Proofs that something really comes from Telegram: webhook calls, Mini App logins, Login Widget logins
 * (QuickCart, 7.1; https://core.telegram.org/bots/webapps#validating-data-received-via-the-mini-app).
 */
import { createHash, createHmac } from 'node:crypto'
import { sameSecret } from '../../platform/crypto/field-keys.ts'

const MAX_AGE_SECONDS = 3600

interface TelegramIdentity {
  readonly id: number
  readonly firstName: string
  readonly lastName?: string
  readonly username?: string
}

export type TelegramLogin =
  | { readonly ok: true; readonly user: TelegramIdentity; readonly authDate: Date }
  | { readonly ok: false; readonly reason: 'invalid' | 'expired' }

/** Compares `X-Telegram-Bot-Api-Secret-Token` in constant time. A missing configuration refuses everything. */
export function verifyWebhookSecret(header: string | readonly string[] | undefined, secret: string): boolean {
  return secret !== '' && typeof header === 'string' && sameSecret(header, secret)
}

/** Checks the `initData` string of a Mini App; `now` decides whether its `auth_date` (1 h at most) has passed. */
export function verifyInitData(initData: string, botToken: string, now: Date): TelegramLogin {
  const pairs = [...new URLSearchParams(initData)]
  const fields = Object.fromEntries(pairs)
  // A key given twice would be signed as one thing and read as another.
  if (pairs.length !== Object.keys(fields).length) return { ok: false, reason: 'invalid' }
  const key = createHmac('sha256', 'WebAppData').update(botToken).digest()
  return verifyFields(fields, key, now, () => readUser(parseObject(fields.user)))
}

/** Checks the fields that the Login Widget hands over (`id`, `first_name`, `auth_date`, `hash`, …). */
export function verifyLoginWidget(
  fields: Readonly<Record<string, string | number>>,
  botToken: string,
  now: Date,
): TelegramLogin {
  const texts = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)]))
  const key = createHash('sha256').update(botToken).digest()
  return verifyFields(texts, key, now, () => readUser({ ...texts, id: Number(texts.id) }))
}

function verifyFields(
  fields: Readonly<Record<string, string>>,
  key: Buffer,
  now: Date,
  user: () => TelegramIdentity | undefined,
): TelegramLogin {
  const expected = createHmac('sha256', key).update(dataCheckString(fields)).digest('hex')
  if (!sameSecret(fields.hash ?? '', expected)) return { ok: false, reason: 'invalid' }
  const authSeconds = /^\d{1,12}$/.test(fields.auth_date ?? '') ? Number(fields.auth_date) : Number.NaN
  const identity = user()
  if (identity === undefined || Number.isNaN(authSeconds)) return { ok: false, reason: 'invalid' }
  if (now.getTime() / 1000 - authSeconds > MAX_AGE_SECONDS) return { ok: false, reason: 'expired' }
  return { ok: true, user: identity, authDate: new Date(authSeconds * 1000) }
}

/** All fields but `hash`, sorted by name, `name=value` joined by line feeds. */
export function dataCheckString(fields: Readonly<Record<string, string>>): string {
  return Object.keys(fields)
    .filter((name) => name !== 'hash')
    .sort()
    .map((name) => `${name}=${fields[name]}`)
    .join('\n')
}

function readUser(user: Readonly<Record<string, unknown>>): TelegramIdentity | undefined {
  const { id, first_name: firstName, last_name: lastName, username } = user
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || id <= 0) return undefined
  return {
    id,
    firstName: typeof firstName === 'string' ? firstName : '',
    ...(typeof lastName === 'string' ? { lastName } : {}),
    ...(typeof username === 'string' ? { username } : {}),
  }
}

function parseObject(text: string | undefined): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text ?? '')
    return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {}
  } catch {
    return {} // signed, but not JSON: no user in it
  }
}
