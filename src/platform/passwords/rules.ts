/** What a password must be like. */
import { COMMON_PASSWORDS } from './common-passwords.ts'

const LEAST = 8
const MOST = 128

/** Why it is too weak; undefined where it is not. `own`: what somebody else could guess, name and address. */
export function passwordWeakness(password: string, own: readonly string[]): string | undefined {
  const length = [...password].length
  if (length < LEAST || length > MOST) return `it must have ${LEAST} to ${MOST} characters`
  if (!/\p{L}/u.test(password) || !/\d/.test(password)) return 'it must have a letter and a digit'
  const plain = password.toLowerCase()
  if (COMMON_PASSWORDS.has(plain)) return 'it is one of the most common passwords'
  if (own.some((text) => text.toLowerCase() === plain))
    return 'it must not be your username or e-mail address'
  return undefined
}
