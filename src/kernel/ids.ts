import { createHash } from 'node:crypto'
import { v7 } from 'uuid'
import type { Brand } from './brand.ts'

export type Uuid = Brand<string, 'Uuid'>

/** A new id that sorts by time of birth, so that indexes grow at one end. */
export function newId(): Uuid {
  return v7() as Uuid
}

/**
 * The same reference always gives the same id: posting `order:TRX…` twice is posting it once.
 *
 * A UUIDv8 of SHA-256 rather than a UUIDv5 of SHA-1: PostgreSQL has sha256() built in and no SHA-1 without an
 * extension, so that `ledger.id_of(reference)` and this function agree everywhere.
 */
export function idOf(reference: string): Uuid {
  const bytes = createHash('sha256').update(`niaga:${reference}`).digest().subarray(0, 16)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') as Uuid
}
