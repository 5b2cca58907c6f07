/** The keys that sign access tokens: Ed25519, one signing at a time, older ones kept until their tokens end. */
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'
import { systemCaller } from '../../kernel/caller.ts'
import type { Database, Db } from '../../postgres/database.ts'
import { sql } from '../../postgres/sql.ts'
import { inTransaction } from '../../postgres/transaction.ts'
import type { FieldKeys } from '../crypto/field-keys.ts'

const ALGORITHM = 'EdDSA'

/** At most one look per second for unknown key ids: forged ones must not become a load on the database. */
const RELOAD_MS = 1000

/** How long a process may go on signing after another one has rotated the key. */
const STALE_SECONDS = 60

export interface SigningKey {
  readonly kid: string
  readonly key: CryptoKey
}

export interface SigningKeys {
  /** The key that signs now; made on first use. */
  current(): Promise<SigningKey>
  /** The public key of that id while tokens signed with it may be alive. */
  find(kid: string): Promise<CryptoKey | undefined>
  /** Public halves, for `/.well-known/jwks.json`. */
  published(): Promise<JWK[]>
  /** From now on a new key signs. Answers its id. */
  rotate(): Promise<string>
}

interface Row {
  readonly kid: string
  readonly public_jwk: JWK
  readonly sealed_private: string
  readonly retired_at: Date | null
}

/** @param tokenSeconds how long after its retirement a key must still verify. */
export function signingKeys(db: Database, seal: FieldKeys, tokenSeconds: number): SigningKeys {
  let known = new Map<string, CryptoKey>()
  let active: SigningKey | undefined
  let loadedAt = Number.NEGATIVE_INFINITY
  const lifeSeconds = tokenSeconds + 2 * STALE_SECONDS
  const sinceLoad = () => db.clock.now().getTime() - loadedAt

  const rows = (on: Db) =>
    on.many<Row>(sql`
      select kid, public_jwk, sealed_private, retired_at from niaga.signing_key
      where retired_at is null or retired_at > niaga.now() - make_interval(secs => ${lifeSeconds})`)

  async function load(): Promise<void> {
    loadedAt = db.clock.now().getTime()
    const found = await inTransaction(db, systemCaller, rows)
    known = new Map(
      await Promise.all(found.map(async (row) => [row.kid, await imported(row.public_jwk)] as const)),
    )
    const signing = found.find((row) => row.retired_at === null)
    active = signing && { kid: signing.kid, key: await imported(openPrivate(seal, signing)) }
  }

  return {
    async current() {
      if (!active || sinceLoad() > STALE_SECONDS * 1000) await load()
      if (!active) {
        await addKey(db, seal, false)
        await load()
      }
      if (!active) throw new Error('there is no signing key')
      return active
    },
    async find(kid) {
      if (!known.has(kid) && sinceLoad() >= RELOAD_MS) await load()
      return known.get(kid)
    },
    async published() {
      return (await inTransaction(db, systemCaller, rows)).map((row) => row.public_jwk)
    },
    async rotate() {
      const kid = await addKey(db, seal, true)
      await load()
      return kid
    },
  }
}

async function addKey(db: Database, seal: FieldKeys, retireOthers: boolean): Promise<string> {
  const pair = await generateKeyPair(ALGORITHM, { extractable: true })
  const bare = await exportJWK(pair.publicKey)
  const kid = await calculateJwkThumbprint(bare)
  const publicJwk = { ...bare, kid, alg: ALGORITHM, use: 'sig' }
  const sealed = seal.seal(JSON.stringify(await exportJWK(pair.privateKey)), contextOf(kid))
  await inTransaction(db, systemCaller, async (tx) => {
    if (retireOthers) {
      await tx.run(sql`update niaga.signing_key set retired_at = niaga.now() where retired_at is null`)
    }
    // Another process may have made one in the meantime; then that one signs.
    await tx.run(sql`
      insert into niaga.signing_key (kid, public_jwk, sealed_private, created_at)
      values (${kid}, ${sql.json(publicJwk)}, ${sealed}, niaga.now()) on conflict do nothing`)
  })
  return kid
}

function openPrivate(seal: FieldKeys, row: Row): JWK {
  const parsed: JWK = JSON.parse(seal.open(row.sealed_private, contextOf(row.kid)))
  return parsed
}

async function imported(jwk: JWK): Promise<CryptoKey> {
  const key = await importJWK(jwk, ALGORITHM)
  if (key instanceof Uint8Array) throw new TypeError('a signing key must be asymmetric')
  return key
}

function contextOf(kid: string): string {
  return `niaga.signing_key:${kid}`
}
