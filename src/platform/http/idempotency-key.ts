/** Routes that need an Idempotency-Key say so in their declaration: `config: { idempotencyKey: true }`. */
import type { FastifyInstance, FastifyRequest, onRequestAsyncHookHandler } from 'fastify'
import { failWith } from '../../kernel/errors.ts'
import { platformErrors } from '../errors.ts'

const fail = failWith(platformErrors)

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Documents the header and refuses requests without it. */
    idempotencyKey?: true
  }
}

/** The request's Idempotency-Key. @throws idempotency_key_required unless it is 1 to 255 printable characters */
export function idempotencyKey(request: FastifyRequest): string {
  const key = request.headers['idempotency-key']
  if (typeof key !== 'string' || !/^[\x20-\x7e]{1,255}$/.test(key)) throw fail('idempotency_key_required')
  return key
}

/** After access was decided and before the body is read. */
export function demandIdempotencyKeys(app: FastifyInstance): void {
  const demand: onRequestAsyncHookHandler = async (request) => void idempotencyKey(request)
  app.addHook('onRoute', (route) => {
    if (route.config?.idempotencyKey) route.onRequest = [...[route.onRequest ?? []].flat(), demand]
  })
}
