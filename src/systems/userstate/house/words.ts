/** The refusals of the ground floor, as this system's specification names and numbers them. */
import type { FastifyInstance } from 'fastify'
import { isDomainError } from '../../../kernel/errors.ts'
import { fail, type userstateErrors } from '../errors.ts'

const OTHER_WORDS = {
  validation_failed: 'validation_failed',
  idempotency_conflict: 'idempotency_key_reused',
  idempotency_in_flight: 'idempotency_in_progress',
  banned: 'account_disabled',
} as const satisfies Readonly<Record<string, keyof typeof userstateErrors>>

/** Errors of this scope are put into our words and then answered as everywhere. */
export function speakOurWords(scope: FastifyInstance): void {
  scope.setErrorHandler((error) => {
    throw inOurWords(error)
  })
}

function inOurWords(error: unknown): unknown {
  if (!isDomainError(error)) return error
  const found = Object.entries(OTHER_WORDS).find(([code]) => code === error.code)
  return found ? fail(found[1], error.details, { cause: error }) : error
}
