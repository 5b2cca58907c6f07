/** What the ground floor answers; every system's catalogue includes these. */
import type { ErrorCatalogue } from '../kernel/errors.ts'

export const platformErrors = {
  idempotency_key_required: { status: 400, text: 'Send an Idempotency-Key header of 1 to 255 characters' },
  idempotency_conflict: { status: 409, text: 'This Idempotency-Key was used for another request' },
  idempotency_in_flight: {
    status: 409,
    text: 'A request with this Idempotency-Key is still being processed; ask again in a moment',
  },
  illegal_transition: { status: 409, text: '{table} {id} cannot change from {from} to {to}' },
  refresh_reused: {
    status: 401,
    text: 'This refresh token was used before; the session has ended, sign in again',
  },
  banned: { status: 403, text: 'This account is blocked' },
} as const satisfies ErrorCatalogue
