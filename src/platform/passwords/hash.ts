/** Passwords at rest: argon2id for everything we write, bcrypt for what older programs wrote. */
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { compare } from 'bcryptjs'

/** OWASP's second choice of 2024: 19 MiB, two passes, one lane. */
const TERMS = { memory: 19_456, passes: 2, parallelism: 1 } as const
const TAG_BYTES = 32
const SALT_BYTES = 16

const derive = promisify(argon2)

const ARGON2 =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/
const BCRYPT = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/
/** A hash that would take us minutes is not one of ours. */
const MOST_BCRYPT_ROUNDS = 14

/** A PHC string: "$argon2id$v=19$m=19456,t=2,p=1$<salt>$<tag>". */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  const tag = await tagOf(password, salt, TERMS, TAG_BYTES)
  const { memory, passes, parallelism } = TERMS
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(salt)}$${base64(tag)}`
}

/**
 * False also where the stored text is no hash at all, or where there is nobody whose it could be: after as much work as a
 * wrong password takes, so that the time tells nothing.
 */
export async function verifyPassword(password: string, stored = ''): Promise<boolean> {
  const [, memory, passes, parallelism, salt, tag] = ARGON2.exec(stored) ?? []
  if (memory && passes && parallelism && salt && tag) {
    const expected = Buffer.from(tag, 'base64')
    const terms = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) }
    const found = await tagOf(password, Buffer.from(salt, 'base64'), terms, expected.length)
    return timingSafeEqual(found, expected)
  }
  const rounds = Number(BCRYPT.exec(stored)?.[1] ?? Number.NaN)
  // Only the first 72 bytes count there, for those who wrote it and so for us.
  if (rounds >= 4 && rounds <= MOST_BCRYPT_ROUNDS) return await compare(password, stored)
  await tagOf(password, randomBytes(SALT_BYTES), TERMS, TAG_BYTES)
  return false
}

/** True for a hash that `hashPassword` would write otherwise today. */
export function isOutdated(stored: string): boolean {
  const { memory, passes, parallelism } = TERMS
  return !stored.startsWith(`$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$`)
}

async function tagOf(
  password: string,
  salt: Buffer,
  terms: { readonly memory: number; readonly passes: number; readonly parallelism: number },
  tagLength: number,
): Promise<Buffer> {
  return await derive('argon2id', { message: password, nonce: salt, ...terms, tagLength })
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '')
}
