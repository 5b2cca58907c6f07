/**
 * Opaque page cursors: the sort key of the last row seen, so that page 10,000 costs what page 1 does.
 * They are not secrets and grant nothing; each query still scopes rows to its owner.
 */
import { fail } from './errors.ts'

export type CursorKey = readonly (string | number)[]

export interface Page<Item> {
  readonly items: readonly Item[]
  /** Pass it back as `cursor` for the next page; null on the last one. */
  readonly next_cursor: string | null
}

export function encodeCursor(key: CursorKey): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url')
}

/** @throws bad_request where the text is not a cursor of `length` parts of these kinds. */
export function decodeCursor<K extends readonly ('string' | 'number')[]>(
  cursor: string,
  kinds: K,
): { [I in keyof K]: K[I] extends 'number' ? number : string } {
  const key = parse(cursor)
  const fits =
    Array.isArray(key) && key.length === kinds.length && kinds.every((kind, i) => isOf(kind, key[i]))
  if (!fits) throw fail('bad_request', { reason: 'the cursor is not valid' })
  return key as { [I in keyof K]: K[I] extends 'number' ? number : string }
}

/** Cuts the extra row that a query for `limit + 1` fetched and turns the last kept one into the cursor. */
export function toPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  key: (row: Row) => CursorKey,
  item: (row: Row) => Item,
): Page<Item> {
  const kept = rows.slice(0, limit)
  const last = kept.at(-1)
  return {
    items: kept.map(item),
    next_cursor: rows.length > limit && last !== undefined ? encodeCursor(key(last)) : null,
  }
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}

function isOf(kind: 'string' | 'number', part: unknown): boolean {
  return kind === 'number' ? Number.isSafeInteger(part) : typeof part === 'string' && !part.includes('\0')
}
