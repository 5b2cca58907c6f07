/** Lists: `?cursor=…&limit=…` in, `{ items, next_cursor }` out. */
import { type TProperties, type TSchema, Type } from 'typebox'
import { nullable, strictObject } from './schemas.ts'

const DEFAULT_LIMIT = 20
const MAX_LIMIT = 100

/** The query of a list, with the filters it takes besides. */
export function pageQuery<P extends TProperties>(filters: P) {
  return strictObject({
    ...filters,
    cursor: Type.Optional(Type.String({ maxLength: 500, description: 'next_cursor of the page before' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT })),
  })
}

/** The number of rows a list is asked for; the schema has checked it. */
export function limitOf(query: { readonly limit?: number }): number {
  return query.limit ?? DEFAULT_LIMIT
}

/** Which page of a list is asked for, as use cases take it. */
export function pageOf(query: { readonly cursor?: string; readonly limit?: number }): {
  readonly limit: number
  readonly cursor?: string
} {
  const { cursor } = query
  return { limit: limitOf(query), ...(cursor === undefined ? {} : { cursor }) }
}

/** The answer of a list; `toPage` of the kernel makes it. */
export function PageOf<T extends TSchema>(item: T) {
  return Type.Object({
    items: Type.Array(item),
    next_cursor: nullable(Type.String({ description: 'null on the last page' })),
  })
}
