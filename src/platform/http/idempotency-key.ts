import type { FastifyRequest } from 'fastify'
import { failWith } from '../../kernel/errors.ts'
import { platformErrors } from '../errors.ts'

const fail = failWith(platformErrors)

/** The request's Idempotency-Key. @throws idempotency_key_required unless it is 1 to 255 printable characters */
export function idempotencyKey(request: FastifyRequest): string {
  const key = request.headers['idempotency-key']
  if (typeof key !== 'string' || !/^[\x20-\x7e]{1,255}$/.test(key)) throw fail('idempotency_key_required')
  return key
}
