import { randomInt } from 'node:crypto'
import { v5, v7 } from 'uuid'
import type { Brand } from './brand.ts'

export type Uuid = Brand<string, 'Uuid'>

/** Our namespace for ids that are derived from a business reference. Never change it: ids would change. */
const NAMESPACE = '5b9f3c1e-7d5a-4d0c-9c55-1f1a6f0e8a57'

/** A new id that sorts by time of birth, so that indexes grow at one end. */
export function newId(): Uuid {
  return v7() as Uuid
}

/** The same reference always gives the same id: posting `order:TRX…` twice is posting it once. */
export function idOf(reference: string): Uuid {
  return v5(reference, NAMESPACE) as Uuid
}

export const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

/** A code from a cryptographic source, every letter equally likely. */
export function randomCode(length: number, alphabet: string = ALPHANUMERIC): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('')
}
