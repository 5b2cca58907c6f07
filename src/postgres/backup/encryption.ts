/**
 * Encryption of a backup's files: AES-256-GCM in chunks, each authenticated and numbered, so that a file of any size is
 * read in bounded memory and a cut, a swap or a changed byte is found at the chunk where it is.
 *
 * File: magic, 16 bytes of salt, then chunks: 4 bytes length (the highest bit marks the last chunk), 16 bytes tag,
 * ciphertext. Each file has a key of its own, derived from the salt and the file's place in the archive.
 */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { Transform, type TransformCallback } from 'node:stream'

const MAGIC = Buffer.from('NIAGABK1')
const SALT = 16
const TAG = 16
const CHUNK = 64 * 1024
const LAST = 0x8000_0000

export interface BackupKey {
  /** Names the key without giving it away. */
  readonly id: string
  readonly secret: Buffer
}

/** The value of NIAGA_BACKUP_KEY: base64 of 32 bytes. @throws TypeError */
export function readBackupKey(text: string): BackupKey {
  const secret = Buffer.from(text, 'base64')
  if (secret.length !== 32) throw new TypeError('a backup key is 32 bytes in base64: openssl rand -base64 32')
  return { id: createHmac('sha256', secret).update('niaga backup key id').digest('hex').slice(0, 12), secret }
}

/** Proves that a manifest was written by somebody who has the key. */
export function authenticate(key: BackupKey, text: string): string {
  return createHmac('sha256', key.secret).update('niaga backup manifest').update(text).digest('hex')
}

function fileKey({ secret }: BackupKey, salt: Buffer, path: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, salt, `niaga backup file ${path}`, 32))
}

function nonce(chunk: number, last: boolean): Buffer {
  const bytes = Buffer.alloc(12)
  bytes.writeUInt8(last ? 1 : 0, 3)
  bytes.writeBigUInt64BE(BigInt(chunk), 4)
  return bytes
}

export class Encrypt extends Transform {
  readonly #key: Buffer
  #held = Buffer.alloc(0)
  #chunk = 0

  constructor(key: BackupKey, path: string) {
    super()
    const salt = randomBytes(SALT)
    this.#key = fileKey(key, salt, path)
    this.push(Buffer.concat([MAGIC, salt]))
  }

  override _transform(data: Buffer, _: BufferEncoding, done: TransformCallback): void {
    this.#held = Buffer.concat([this.#held, data])
    // The last chunk is not known before the end, so one is always held back.
    while (this.#held.length > CHUNK) {
      this.#seal(this.#held.subarray(0, CHUNK), false)
      this.#held = this.#held.subarray(CHUNK)
    }
    done()
  }

  override _flush(done: TransformCallback): void {
    this.#seal(this.#held, true)
    done()
  }

  #seal(plain: Buffer, last: boolean): void {
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce(this.#chunk++, last))
    const sealed = Buffer.concat([cipher.update(plain), cipher.final()])
    const length = Buffer.alloc(4)
    length.writeUInt32BE((sealed.length | (last ? LAST : 0)) >>> 0)
    this.push(Buffer.concat([length, cipher.getAuthTag(), sealed]))
  }
}

/** Ends with an error where a byte is another one than was written, or where the end is missing. */
export class Decrypt extends Transform {
  readonly #of: BackupKey
  readonly #path: string
  #key: Buffer | undefined
  #held = Buffer.alloc(0)
  #chunk = 0
  #ended = false

  constructor(key: BackupKey, path: string) {
    super()
    this.#of = key
    this.#path = path
  }

  override _transform(data: Buffer, _: BufferEncoding, done: TransformCallback): void {
    this.#held = Buffer.concat([this.#held, data])
    try {
      this.#open()
      done()
    } catch (error) {
      done(new Error(`${this.#path}: cannot be decrypted`, { cause: error }))
    }
  }

  override _flush(done: TransformCallback): void {
    done(this.#ended && this.#held.length === 0 ? null : new Error(`${this.#path}: its end is missing`))
  }

  #open(): void {
    if (!this.#key) {
      if (this.#held.length < MAGIC.length + SALT) return
      if (!this.#held.subarray(0, MAGIC.length).equals(MAGIC)) throw new Error('not an encrypted file')
      this.#key = fileKey(this.#of, this.#held.subarray(MAGIC.length, MAGIC.length + SALT), this.#path)
      this.#held = this.#held.subarray(MAGIC.length + SALT)
    }
    while (this.#held.length >= 4 + TAG) {
      const head = this.#held.readUInt32BE(0)
      const last = (head & LAST) !== 0
      const end = 4 + TAG + (head & ~LAST)
      if (this.#ended || end > 4 + TAG + CHUNK) throw new Error('more than was written')
      if (this.#held.length < end) return
      const decipher = createDecipheriv('aes-256-gcm', this.#key, nonce(this.#chunk++, last))
      decipher.setAuthTag(this.#held.subarray(4, 4 + TAG))
      const plain = decipher.update(this.#held.subarray(4 + TAG, end))
      decipher.final()
      this.push(plain)
      this.#ended = last
      this.#held = this.#held.subarray(end)
    }
  }
}
