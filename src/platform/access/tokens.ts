/**
 * Access tokens (JWT, EdDSA, 15 minutes) and rotating refresh tokens.
 *
 * A refresh token works once. The second use ends the whole session, because nobody can tell which of the two
 * callers is its owner (QuickCart, §6: "reuse → 401 refresh_reused, family revoked").
 */
import { createHash, randomBytes } from 'node:crypto'
import { errors, type JWK, jwtVerify, SignJWT } from 'jose'
import { systemCaller } from '../../kernel/caller.ts'
import { failWith, fail as kernelFail } from '../../kernel/errors.ts'
import { newId } from '../../kernel/ids.ts'
import type { Database } from '../../postgres/database.ts'
import { sql } from '../../postgres/sql.ts'
import { inTransaction, type Tx } from '../../postgres/transaction.ts'
import type { FieldKeys } from '../crypto/field-keys.ts'
import { platformErrors } from '../errors.ts'
import { signingKeys } from './signing-keys.ts'

const ACCESS_SECONDS = 15 * 60
const fail = failWith(platformErrors)

export interface TokenPair {
  readonly access_token: string
  readonly token_type: 'Bearer'
  /** Seconds. */
  readonly expires_in: number
  readonly refresh_token: string
}

/** A session that is stored, for which no token has been made yet. */
export interface BegunSession {
  readonly subject: string
  readonly sessionId: string
  readonly refreshToken: string
}

export interface AccessClaims {
  readonly subject: string
  readonly sessionId: string
}

export interface TokenOptions {
  readonly db: Database
  /** Issuer and audience: the system's name. */
  readonly system: string
  readonly seal: FieldKeys
  /** How long an unused refresh token lives. */
  readonly refreshSeconds: number
}

export type Tokens = ReturnType<typeof createTokens>

export function createTokens({ db, system, seal, refreshSeconds }: TokenOptions) {
  const keys = signingKeys(db, seal, ACCESS_SECONDS)
  const now = () => Math.floor(db.clock.now().getTime() / 1000)

  async function pair({ subject, sessionId, refreshToken }: BegunSession): Promise<TokenPair> {
    const { kid, key } = await keys.current()
    const access = await new SignJWT({ sid: sessionId })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid })
      .setIssuer(system)
      .setAudience(system)
      .setSubject(subject)
      .setJti(newId())
      .setIssuedAt(now())
      .setExpirationTime(now() + ACCESS_SECONDS)
      .sign(key)
    return {
      access_token: access,
      token_type: 'Bearer',
      expires_in: ACCESS_SECONDS,
      refresh_token: refreshToken,
    }
  }

  async function begin(tx: Tx, subject: string): Promise<BegunSession> {
    const begun = { subject, sessionId: newId(), refreshToken: newRefreshToken() }
    await tx.run(sql`
      with session as (
        insert into niaga.session (id, subject, created_at) values (${begun.sessionId}, ${subject}, niaga.now())
        returning id)
      insert into niaga.refresh_token (token_hash, session_id, expires_at)
      select ${sha256(begun.refreshToken)}, id, niaga.now() + make_interval(secs => ${refreshSeconds}) from session`)
    return begun
  }

  return {
    /**
     * Begins a session in the transaction that holds what proves who somebody is; `tokensOf` makes its tokens once that
     * has committed.
     */
    begin,

    tokensOf: pair,

    /** Begins a session for somebody who has just proved who they are, by what cannot change meanwhile. */
    async issue(subject: string): Promise<TokenPair> {
      return await pair(await inTransaction(db, systemCaller, (tx) => begin(tx, subject)))
    },

    /** @throws refresh_reused (and the session is over), unauthenticated */
    async refresh(refreshToken: string): Promise<TokenPair & { readonly subject: string }> {
      const next = newRefreshToken()
      const { outcome, session_id, subject } = await inTransaction(db, systemCaller, (tx) =>
        tx.one<{ outcome: string; session_id: string; subject: string }>(sql`
          select outcome, session_id, subject from niaga.rotate_refresh_token(
            ${sha256(refreshToken)}, ${sha256(next)}, make_interval(secs => ${refreshSeconds}))`),
      )
      if (outcome === 'reused') throw fail('refresh_reused')
      if (outcome !== 'rotated') throw kernelFail('unauthenticated')
      const tokens = await pair({ subject, sessionId: session_id, refreshToken: next })
      return { ...tokens, subject }
    },

    /** Ends the session of this refresh token; an unknown one has nothing to end. */
    async revoke(refreshToken: string): Promise<void> {
      await inTransaction(db, systemCaller, (tx) =>
        tx.run(sql`
          update niaga.session s set revoked_at = niaga.now() from niaga.refresh_token t
          where t.session_id = s.id and t.token_hash = ${sha256(refreshToken)} and s.revoked_at is null`),
      )
    },

    /** @throws unauthenticated for anything but a live access token of this system. */
    async verify(accessToken: string): Promise<AccessClaims> {
      try {
        const { payload } = await jwtVerify(
          accessToken,
          async ({ kid }) => {
            const key = await keys.find(kid ?? '')
            if (!key) throw new errors.JWKSNoMatchingKey()
            return key
          },
          {
            algorithms: ['EdDSA'],
            typ: 'at+jwt',
            issuer: system,
            audience: system,
            requiredClaims: ['sub', 'sid', 'exp'],
            currentDate: db.clock.now(),
          },
        )
        return { subject: String(payload.sub), sessionId: String(payload.sid) }
      } catch (error) {
        if (error instanceof errors.JOSEError) throw kernelFail('unauthenticated', {}, { cause: error })
        throw error
      }
    },

    /** Public keys for those who verify without our database. */
    async jwks(): Promise<{ keys: JWK[] }> {
      return { keys: await keys.published() }
    },

    /** From now on a new key signs; tokens of the old one live out their time. */
    async rotateKey(): Promise<string> {
      return await keys.rotate()
    },
  }
}

/** Ends every session of somebody, but one, in the transaction of what shuts them out. Answers how many. */
export async function revokeSessions(tx: Tx, subject: string, except?: string): Promise<number> {
  return await tx.run(sql`
    update niaga.session set revoked_at = niaga.now()
    where subject = ${subject} and revoked_at is null and id is distinct from ${except ?? null}`)
}

/** @throws not_found where somebody has no such live session. */
export async function endSession(tx: Tx, subject: string, id: string): Promise<void> {
  const ended = await tx.run(sql`
    update niaga.session set revoked_at = niaga.now()
    where subject = ${subject} and id = ${id} and revoked_at is null`)
  if (ended === 0) throw kernelFail('not_found')
}

export interface LiveSession {
  readonly id: string
  readonly created_at: Date
  /** When its tokens were renewed last. */
  readonly last_seen_at: Date
}

/** The newest hundred that can still be used, newest first. */
export async function liveSessions(db: Database, subject: string): Promise<LiveSession[]> {
  return await db.many<LiveSession>(sql`
    select s.id, s.created_at, coalesce(max(t.used_at), s.created_at) as last_seen_at
    from niaga.session s join niaga.refresh_token t on t.session_id = s.id
    where s.subject = ${subject} and s.revoked_at is null
    group by s.id having max(t.expires_at) > ${db.clock.now()} order by s.created_at desc, s.id limit 100`)
}

/** Removes every trace of somebody's sessions (erasure). */
export async function forgetSessions(tx: Tx, subject: string): Promise<number> {
  return await tx.run(sql`delete from niaga.session where subject = ${subject}`)
}

function newRefreshToken(): string {
  return `rt_${randomBytes(32).toString('base64url')}`
}

function sha256(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
