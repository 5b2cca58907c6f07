/**
 * Encryption of single fields (bank numbers, document numbers, TOTP secrets) and keyed hashes to find them by.
 *
 * A sealed value names its key, so that a new key takes over while old values stay readable:
 * `k2.<base64url of nonce (12 bytes), ciphertext, tag (16 bytes)>`, AES-256-GCM.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'

const NONCE_BYTES = 12
const TAG_BYTES = 16
const KEY_BYTES = 32
const KEY_ID = /^[A-Za-z0-9_-]{1,32}$/

export interface FieldKeys {
  /**
   * @param context what the value is and whose, "bank_account.number:42": it opens only under the same one, so
   * that a sealed value copied into another row or column is worth nothing.
   */
  seal(plain: string, context: string): string
  /** @throws Error where the key is unknown, the value was changed, or the context is another. */
  open(sealed: string, context: string): string
  /** True where the value was sealed with a key that is no longer the newest: open and seal it again. */
  isStale(sealed: string): boolean
  /**
   * Hex HMAC-SHA256 under a key derived for this purpose: equal values find each other without being readable.
   * It depends on the ring's *oldest* key, so that adding keys does not lose what was hashed before.
   */
  lookupHash(value: string, purpose: string): string
}

/**
 * Reads a ring as NIAGA_FIELD_KEYS holds it: "k2:<base64 of 32 bytes>,k1:<…>", newest first.
 * @throws TypeError naming the entry that is wrong, never its key.
 */
export function parseFieldKeys(text: string): FieldKeys {
  const ring = new Map<string, Buffer>()
  for (const [i, entry] of text.split(',').entries()) {
    const [id = '', encoded = ''] = entry.trim().split(':')
    const key = Buffer.from(encoded, 'base64')
    if (!KEY_ID.test(id)) throw new TypeError(`field key ${i + 1} needs an id of letters and digits`)
    if (key.length !== KEY_BYTES) throw new TypeError(`field key ${id} must be ${KEY_BYTES} bytes in base64`)
    if (ring.has(id)) throw new TypeError(`field key ${id} stands twice`)
    ring.set(id, key)
  }
  return fieldKeys(ring)
}

/** A ring of one fresh random key, as its text; for first starts in development. */
export function newFieldKey(id: string): string {
  return `${id}:${randomBytes(KEY_BYTES).toString('base64')}`
}

/** Compares secrets in a time that does not tell how much of them agrees. */
export function sameSecret(given: string, expected: string): boolean {
  // Hashed first: equal lengths are what timingSafeEqual needs, and a length is a hint too.
  const digest = (text: string) => createHmac('sha256', 'compare').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}

function fieldKeys(ring: ReadonlyMap<string, Buffer>): FieldKeys {
  const [newest] = ring
  const oldest = [...ring.values()].at(-1)
  if (!newest || !oldest) throw new TypeError('the key ring is empty')
  const [newestId, newestKey] = newest
  return {
    seal(plain, context) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', newestKey, nonce).setAAD(Buffer.from(context))
      const sealed = Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return `${newestId}.${sealed.toString('base64url')}`
    },
    open(sealed, context) {
      const { id, bytes } = split(sealed)
      const key = ring.get(id)
      if (!key) throw new Error(`the field key ${id} is not in the ring`)
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      })
      decipher.setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(-TAG_BYTES))
      const plain = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES))
      return Buffer.concat([plain, decipher.final()]).toString('utf8')
    },
    isStale: (sealed) => split(sealed).id !== newestId,
    lookupHash(value, purpose) {
      const key = hkdfSync('sha256', oldest, '', `niaga lookup ${purpose}`, KEY_BYTES)
      return createHmac('sha256', Buffer.from(key)).update(value).digest('hex')
    },
  }
}

function split(sealed: string): { id: string; bytes: Buffer } {
  const dot = sealed.indexOf('.')
  const bytes = Buffer.from(sealed.slice(dot + 1), 'base64url')
  if (dot < 1 || bytes.length < NONCE_BYTES + TAG_BYTES) throw new Error('not a sealed value')
  return { id: sealed.slice(0, dot), bytes }
}
