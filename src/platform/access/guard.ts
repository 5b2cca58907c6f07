/** The one place where a route's declared access is enforced. */
import type { FastifyInstance, FastifyRequest, onRequestAsyncHookHandler, RouteOptions } from 'fastify'
import { fail } from '../../kernel/errors.ts'
import type { Identity, RouteAccess } from './identity.ts'
import type { Permissions } from './permissions.ts'

/** A system's way to tell who is there and what they may do. */
export interface Access {
  readonly permissions: Permissions
  /** Undefined where nothing was presented. @throws unauthenticated, banned */
  authenticate(request: FastifyRequest): Promise<Identity | undefined>
}

declare module 'fastify' {
  interface FastifyInstance {
    access: Access | null
    /** True in the scope of another party's protocol, whose own credentials guard it. */
    foreign: boolean
  }
}

/**
 * Every route added from here on must say who may call it: forgetting it stops the start, not the intruder.
 * A 404 asks nobody who they are.
 */
export function guardRoutes(app: FastifyInstance): void {
  app.decorate('access', null)
  app.decorate('foreign', false)
  app.decorateRequest('identity', null)
  app.addHook('onRoute', function (this: FastifyInstance, route) {
    const declared = route.config?.access ?? (this.foreign ? 'public' : undefined)
    if (declared === undefined) throw new TypeError(`${label(route)} does not declare config.access`)
    if (declared !== 'public') enforce(route, declared, this.access)
  })
}

/** The access rules of all routes below this scope, usually one system's prefix. */
export function useAccess(scope: FastifyInstance, access: Access): void {
  scope.decorate('access', access)
}

/** For a simulator: its routes speak another party's protocol and know nothing of our access rules. */
export function foreignScope(scope: FastifyInstance): void {
  scope.decorate('foreign', true)
}

function enforce(route: RouteOptions, declared: Exclude<RouteAccess, 'public'>, access: Access | null): void {
  if (!access) throw new TypeError(`${label(route)} needs an identity, but its scope has no access rules`)
  const permission = declared === 'optional' ? undefined : declared.permission
  if (permission !== undefined && !Object.hasOwn(access.permissions.rules, permission)) {
    throw new TypeError(`${label(route)} asks for ${permission}, which is not in the table of permissions`)
  }
  const enter: onRequestAsyncHookHandler = async (request) => {
    const identity = await access.authenticate(request)
    request.identity = identity ?? null
    if (permission === undefined) return
    if (!identity) throw fail('unauthenticated')
    if (!access.permissions.allows(identity, permission)) throw fail('forbidden')
  }
  // First, so that nothing else of the route runs for somebody who may not be here.
  route.onRequest = [enter, ...[route.onRequest ?? []].flat()]
}

function label(route: RouteOptions): string {
  return `${[route.method].flat().join(', ')} ${route.url}`
}
