/** Signs logins as Telegram does, so that a Mini App or Login Widget login can be tried without either. */
import { createHash, createHmac } from 'node:crypto'
import { dataCheckString } from '../verification.ts'
import type { SimUser } from './types.ts'

/** `authDate` in Unix seconds. */
export function signInitData(user: SimUser, botToken: string, authDate: number): string {
  const fields = { auth_date: String(authDate), query_id: `AA${user.id}`, user: JSON.stringify(user) }
  const key = createHmac('sha256', 'WebAppData').update(botToken).digest()
  return new URLSearchParams({ ...fields, hash: sign(fields, key) }).toString()
}

export function signLoginWidget(
  user: SimUser,
  botToken: string,
  authDate: number,
): Readonly<Record<string, string | number>> {
  const { id, first_name, last_name, username } = user
  const fields = {
    id,
    first_name,
    ...(last_name ? { last_name } : {}),
    ...(username ? { username } : {}),
    auth_date: authDate,
  }
  const texts = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)]))
  return { ...fields, hash: sign(texts, createHash('sha256').update(botToken).digest()) }
}

function sign(fields: Readonly<Record<string, string>>, key: Buffer): string {
  return createHmac('sha256', key).update(dataCheckString(fields)).digest('hex')
}
