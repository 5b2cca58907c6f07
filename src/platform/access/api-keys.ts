/** Keys of services: `niaga_<prefix>_<secret>`, shown once, kept as a hash. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { fail } from '../../kernel/errors.ts'
import { newId } from '../../kernel/ids.ts'
import type { Db } from '../../postgres/database.ts'
import { sql } from '../../postgres/sql.ts'
import type { Tx } from '../../postgres/transaction.ts'

const SHAPE = /^niaga_([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/

export interface ApiKey {
  readonly id: string
  readonly name: string
  /** The part that may be shown: it finds the key in lists and logs. */
  readonly prefix: string
  readonly scopes: readonly string[]
  readonly created_at: Date
  readonly expires_at: Date | null
  readonly revoked_at: Date | null
  /** To the minute. */
  readonly last_used_at: Date | null
}

export interface NewApiKey {
  readonly name: string
  readonly scopes: readonly string[]
  readonly expiresAt?: Date
}

/** Answers the whole key, which nobody can read again afterwards. */
export async function createApiKey(tx: Tx, input: NewApiKey): Promise<{ id: string; key: string }> {
  const id = newId()
  const prefix = randomBytes(6).toString('hex')
  const key = `niaga_${prefix}_${randomBytes(32).toString('base64url')}`
  await tx.run(sql`
    insert into niaga.api_key (id, name, prefix, secret_hash, scopes, created_at, expires_at)
    values (${id}, ${input.name}, ${prefix}, ${sha256(key)}, ${input.scopes}, niaga.now(), ${input.expiresAt ?? null})`)
  return { id, key }
}

export async function listApiKeys(db: Db): Promise<ApiKey[]> {
  return await db.many<ApiKey>(sql`
    select id, name, prefix, scopes, created_at, expires_at, revoked_at, last_used_at
    from niaga.api_key order by created_at, id`)
}

/** @throws not_found where there is no such live key. */
export async function revokeApiKey(tx: Tx, id: string): Promise<void> {
  const revoked = await tx.run(sql`
    update niaga.api_key set revoked_at = niaga.now() where id = ${id} and revoked_at is null`)
  if (revoked === 0) throw fail('not_found')
}

/** @throws unauthenticated for an unknown, wrong, expired or revoked key; they are not told apart. */
export async function verifyApiKey(
  db: Db,
  key: string,
  now: Date,
): Promise<{ name: string; scopes: string[] }> {
  const prefix = SHAPE.exec(key)?.[1]
  if (prefix === undefined) throw fail('unauthenticated')
  const row = await db.maybeOne<{ name: string; scopes: string[]; secret_hash: Buffer; stale: boolean }>(sql`
    select name, scopes, secret_hash,
      last_used_at is null or last_used_at < ${now}::timestamptz - interval '1 minute' as stale
    from niaga.api_key
    where prefix = ${prefix} and revoked_at is null and (expires_at is null or expires_at > ${now}::timestamptz)`)
  if (!row || !timingSafeEqual(sha256(key), row.secret_hash)) throw fail('unauthenticated')
  // Once a minute is enough to see which keys are in use, and spares the busy ones a write per request.
  if (row.stale) await db.run(sql`update niaga.api_key set last_used_at = ${now} where prefix = ${prefix}`)
  return { name: row.name, scopes: row.scopes }
}

/** True for what looks like one of our keys rather than a JWT. */
export function isApiKey(text: string): boolean {
  return text.startsWith('niaga_')
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
