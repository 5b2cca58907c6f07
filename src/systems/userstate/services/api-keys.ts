/** Keys of services (U22): `usk_…`, shown once, kept as a bcrypt hash, found by holder and prefix. */
import { createHmac, randomBytes } from 'node:crypto'
import { compare, hash } from 'bcryptjs'
import type { FastifyRequest } from 'fastify'
import type { Caller } from '../../../kernel/caller.ts'
import { fail as kernelFail } from '../../../kernel/errors.ts'
import type { Identity } from '../../../platform/access/identity.ts'
import { type FieldProblem, invalidFields } from '../../../platform/http/validation.ts'
import { sql } from '../../../postgres/sql.ts'
import { inTransaction } from '../../../postgres/transaction.ts'
import { SCOPES } from '../access/roles.ts'
import { SYSTEM } from '../databases.ts'
import { fail } from '../errors.ts'
import type { Store } from '../store.ts'

const ROUNDS = 10
const PREFIX_LENGTH = 12
const BCRYPT = /^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/

export interface NewKey {
  readonly holder: string
  readonly scopes: readonly string[]
  readonly expiresAt?: Date
}

export interface KeyView {
  readonly key_id: string
  readonly holder: string
  readonly prefix: string | null
  readonly scopes: readonly string[]
  readonly created_at: Date
  readonly expires_at: Date | null
  readonly revoked_at: Date | null
  readonly last_used_at: Date | null
}

/** No colon: Basic authentication ends the name there. */
export const HOLDER = '^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$'

/** Answers the whole key, which nobody can read again. @throws validation_failed, api_key_limit, forbidden */
export async function createKey(
  store: Pick<Store, 'db'>,
  caller: Caller,
  { holder, scopes, expiresAt }: NewKey,
): Promise<{ readonly keyId: string; readonly apikey: string }> {
  const unknown = scopes.filter((scope) => !SCOPES.some((one) => one === scope))
  const problems: FieldProblem[] = [
    ...(new RegExp(HOLDER).test(holder) ? [] : [{ field: 'holder', reason: `does not look like ${HOLDER}` }]),
    ...(unknown.length === 0 ? [] : [{ field: 'scopes', reason: `has no ${unknown.join(', ')}` }]),
  ]
  if (problems.length > 0) throw invalidFields(problems)
  const apikey = `usk_${randomBytes(32).toString('base64url')}`
  const kept = await hash(apikey, ROUNDS)
  const { id } = await inTransaction(store.db, caller, (tx) =>
    tx.one<{ id: string }>(sql`
      select create_api_key(${holder}, ${kept}, ${apikey.slice(0, PREFIX_LENGTH)}, ${scopes}, ${expiresAt ?? null},
        ${caller.id ?? null}) as id`),
  )
  return { keyId: id, apikey }
}

/** All of them, without their hashes: a handful of each service. */
export async function listKeys({ db }: Store): Promise<KeyView[]> {
  return await db.many<KeyView>(sql`
    select api_key_id(key) as key_id, holder, prefix, scopes, created_at, expires_at, revoked_at, last_used_at
    from api_key order by created_at, key limit 1000`)
}

/** @throws not_found, forbidden */
export async function revokeKey(store: Pick<Store, 'db'>, caller: Caller, keyId: string): Promise<void> {
  await inTransaction(store.db, caller, (tx) =>
    tx.one(sql`select revoke_api_key(${keyId}, ${caller.id ?? null})`),
  )
}

const REMEMBERED_MS = 5 * 60_000
const MOST_REMEMBERED = 10_000
const FAILURES = 20
const WINDOW_SECONDS = 15 * 60

interface Remembered {
  /** The row that the secret opened; undefined for none. */
  readonly key: Promise<string | undefined>
  readonly until: number
}

/**
 * Tells services by HTTP Basic, `holder:apikey`. A right secret is compared once in five minutes, however many requests
 * come at once; whether its key still holds is asked at every one. What is to be compared is counted before, and given back
 * where it was right: many guesses at once are no more than one by one.
 */
export function keyAuthentication(store: Store) {
  const { db, kv, clock } = store
  const secret = randomBytes(32)
  const remembered = new Map<string, Remembered>()

  async function search(holder: string, apikey: string): Promise<string | undefined> {
    const rows = await db.many<{ key: string }>(sql`
      select key from api_key
      where holder = ${holder} and (prefix = ${apikey.slice(0, PREFIX_LENGTH)} or prefix is null)
        and revoked_at is null and (expires_at is null or expires_at > ${clock.now()})
      order by created_at desc limit 10`)
    for (const { key } of rows) if (BCRYPT.test(key) && (await compare(apikey, key))) return key
    return undefined
  }

  /** @throws rate_limited */
  async function compareOnce(holder: string, apikey: string, ip: string): Promise<string | undefined> {
    const failures = `key-failures:${holder.slice(0, 255)}:${ip}`
    const { count, resetsInSeconds } = await kv.increment(failures, WINDOW_SECONDS)
    if (count > FAILURES) {
      throw fail('rate_limited', { retry_after: Math.max(1, Math.ceil(resetsInSeconds)) })
    }
    const key = await search(holder, apikey)
    if (key !== undefined) await kv.increment(failures, WINDOW_SECONDS, -1)
    return key
  }

  const nameOf = (holder: string, apikey: string) =>
    createHmac('sha256', secret).update(`${holder}:${apikey}`).digest('base64')

  async function find(holder: string, apikey: string, ip: string): Promise<string | undefined> {
    const name = nameOf(holder, apikey)
    const known = remembered.get(name)
    if (known && known.until > performance.now()) return await known.key
    if (remembered.size >= MOST_REMEMBERED) remembered.clear()
    const key = compareOnce(holder, apikey, ip)
    remembered.set(name, { key, until: performance.now() + REMEMBERED_MS })
    const found = await key.catch((error: unknown) => {
      remembered.delete(name)
      throw error
    })
    if (found === undefined) remembered.delete(name)
    return found
  }

  /** @throws unauthenticated, rate_limited */
  return async (holder: string, apikey: string, { ip }: Pick<FastifyRequest, 'ip'>): Promise<Identity> => {
    const key = await find(holder, apikey, ip)
    const live = key === undefined ? undefined : await liveKey(store, key)
    if (!live) {
      // What has ended since is compared, and so counted, like any other wrong one from now on.
      remembered.delete(nameOf(holder, apikey))
      throw kernelFail('unauthenticated')
    }
    return {
      system: SYSTEM,
      subject: holder,
      kind: 'service',
      actor: 'system',
      roles: [],
      scopes: live.scopes,
    }
  }
}

async function liveKey({ db, clock }: Store, key: string): Promise<{ scopes: string[] } | undefined> {
  const now = clock.now()
  const found = await db.maybeOne<{ scopes: string[]; stale: boolean }>(sql`
    select scopes, last_used_at is null or last_used_at < ${now}::timestamptz - interval '1 minute' as stale from api_key
    where key = ${key} and revoked_at is null and (expires_at is null or expires_at > ${now}::timestamptz)`)
  // Once a minute is enough to see which keys are in use.
  if (found?.stale) await db.run(sql`update api_key set last_used_at = ${now} where key = ${key}`)
  return found
}
