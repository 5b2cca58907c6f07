/** Shapes that every API here shares. */
import { type TObject, type TProperties, type TSchema, Type } from 'typebox'

/** An object that refuses unknown fields; every request schema is made of these. */
export function strictObject<P extends TProperties>(
  properties: P,
  options: { description?: string } = {},
): TObject<P> {
  return Type.Object(properties, { ...options, additionalProperties: false })
}

/** `T | null`, as JSON Schema 2020-12 says it. */
export function nullable<T extends TSchema>(schema: T) {
  return Type.Union([schema, Type.Null()])
}

/** One of these words. */
export function oneOf<const W extends readonly string[]>(words: W) {
  return Type.Unsafe<W[number]>(Type.Enum([...words]))
}

/** "30520.00": an exact amount with two decimals, in answers. */
export const Amount = Type.String({ pattern: '^-?\\d{1,13}\\.\\d{2}$', examples: ['30520.00'] })

/** "30520", "30520.5" or "30520.00": an amount in requests; read it with `parseMoney`. */
export const AmountInput = Type.String({ pattern: '^\\d{1,13}(\\.\\d{1,2})?$', examples: ['30520.00'] })

/** An instant in requests: RFC 3339, without the leap seconds that no Date can hold. */
export function instantInput(options: { readonly description?: string } = {}) {
  return Type.String({ format: 'date-time', pattern: '^[^:]*:[0-5][0-9]:[0-5][0-9]', ...options })
}

/** An instant in answers: RFC 3339, UTC. Handlers may answer a Date. */
export const Instant = Type.Unsafe<Date | string>(Type.String({ format: 'date-time' }))
