/** Who a request comes from, and what a route asks of them. */
import type { FastifyRequest } from 'fastify'
import type { Caller } from '../../kernel/caller.ts'
import { fail } from '../../kernel/errors.ts'

export interface Identity {
  /** The system whose accounts these are: "quickcart". A token of one says nothing to another. */
  readonly system: string
  /** The person's id as text, or `key:<name>` for a service. */
  readonly subject: string
  readonly kind: 'user' | 'service'
  /** As the audit trail names them; a service acts as the system. */
  readonly actor: Caller['type']
  readonly roles: readonly string[]
  readonly scopes: readonly string[]
  /** A person's. */
  readonly sessionId?: string
}

/**
 * What a route declares under `config.access`:
 * - `public`: nobody is asked who they are;
 * - `optional`: an identity where one is presented (prices per role), a wrong one is refused;
 * - a permission of the system's table of rules.
 */
export type RouteAccess = 'public' | 'optional' | { readonly permission: string }

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: RouteAccess
  }
  interface FastifyRequest {
    identity: Identity | null
  }
}

/** @throws unauthenticated where the route let somebody in without asking. */
export function identityOf(request: FastifyRequest): Identity {
  if (!request.identity) throw fail('unauthenticated')
  return request.identity
}

/** The request's sender for a transaction, and from there for audit and logs. */
export function callerOf(request: FastifyRequest): Caller {
  const from = { correlationId: request.id, ip: request.ip }
  const { identity } = request
  return identity ? { type: identity.actor, id: identity.subject, ...from } : { type: 'system', ...from }
}
