/** From a request's headers to an identity. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { failWith, fail as kernelFail } from '../../kernel/errors.ts'
import type { Database } from '../../postgres/database.ts'
import { platformErrors } from '../errors.ts'
import { isApiKey, verifyApiKey } from './api-keys.ts'
import type { Access } from './guard.ts'
import type { Identity } from './identity.ts'
import type { Permissions } from './permissions.ts'
import type { Tokens } from './tokens.ts'

const fail = failWith(platformErrors)

/** What the account's row says now. Roles come from here and never from the token (QuickCart, UC 20). */
export interface Account {
  readonly roles: readonly string[]
  /** How the audit trail names this person. */
  readonly actor: 'user' | 'admin'
  readonly banned: boolean
}

export interface AccessOptions {
  readonly system: string
  readonly db: Database
  readonly tokens: Tokens
  readonly permissions: Permissions
  /**
   * Undefined where the account is gone or the session over: whoever signs out, or is signed out, is out at once and
   * not when the access token ends. Somebody banned is an account still, so that they are told.
   */
  loadAccount(subject: string, sessionId: string): Promise<Account | undefined>
  /** Where services sign in by HTTP Basic (RFC 7617). @throws unauthenticated */
  basic?(user: string, password: string, request: FastifyRequest): Promise<Identity>
}

export function createAccess({ system, db, tokens, permissions, loadAccount, basic }: AccessOptions): Access {
  async function person(token: string): Promise<Identity> {
    const { subject, sessionId } = await tokens.verify(token)
    const account = await loadAccount(subject, sessionId)
    if (!account) throw kernelFail('unauthenticated')
    if (account.banned) throw fail('banned')
    const { actor, roles } = account
    return { system, subject, kind: 'user', actor, roles, scopes: [], sessionId }
  }

  async function service(key: string): Promise<Identity> {
    const { name, scopes } = await verifyApiKey(db, key, db.clock.now())
    return { system, subject: `key:${name}`, kind: 'service', actor: 'system', roles: [], scopes }
  }

  return {
    permissions,
    async authenticate(request) {
      const [user, password] = basic ? basicCredentials(request) : []
      if (basic && user !== undefined && password !== undefined) return await basic(user, password, request)
      const credential = presented(request)
      if (credential === undefined) return undefined
      return isApiKey(credential) ? await service(credential) : await person(credential)
    },
  }
}

/** `GET <scope>/.well-known/jwks.json`: with it others verify our access tokens without our database. */
export function jwksRoute(scope: FastifyInstance, tokens: Tokens): void {
  const Jwk = Type.Object({
    kty: Type.String(),
    crv: Type.String(),
    x: Type.String(),
    kid: Type.String(),
    alg: Type.String(),
    use: Type.String(),
  })
  scope.get(
    '/.well-known/jwks.json',
    {
      config: { access: 'public' },
      schema: {
        summary: 'Public keys of access tokens',
        tags: ['Sign-in'],
        response: { 200: Type.Object({ keys: Type.Array(Jwk) }) },
      },
    },
    async (_request, reply) => reply.header('cache-control', 'public, max-age=300').send(await tokens.jwks()),
  )
}

/** Split at the first colon: a password may hold some. U+0000 is in no name and no secret: the database cannot hold it. */
function basicCredentials({ headers }: FastifyRequest): string[] {
  const encoded = /^Basic ([A-Za-z0-9+/]+=*)$/i.exec(headers.authorization ?? '')?.[1]
  if (encoded === undefined) return []
  return /^([^:\0]*):([^\0]*)$/.exec(Buffer.from(encoded, 'base64').toString('utf8'))?.slice(1) ?? []
}

/** @throws unauthenticated for an Authorization header that is not `Bearer <token>`. */
function presented({ headers }: FastifyRequest): string | undefined {
  if (headers.authorization !== undefined) {
    const token = /^Bearer ([\w.~+/-]+=*)$/i.exec(headers.authorization)?.[1]
    if (token === undefined) throw kernelFail('unauthenticated')
    return token
  }
  const key = headers['x-api-key']
  if (key === undefined) return undefined
  // Anything else under this header is not a key, and must not be tried as a token.
  if (typeof key !== 'string' || !isApiKey(key)) throw kernelFail('unauthenticated')
  return key
}
