/** Pieces of the API's schemas that several subjects share. */
import { Type } from 'typebox'
import { errorResponses } from '../../../platform/http/openapi.ts'
import { strictObject } from '../../../platform/http/schemas.ts'
import { userstateErrors } from '../errors.ts'

/** The refusals of a route, for `schema.response`: `{ 200: WalletAnswer, ...refusals('not_found') }`. */
export const refusals = errorResponses(userstateErrors)

/** A bigint key in a path; other texts are no such thing. */
export const Id = Type.String({ pattern: '^[1-9][0-9]{0,17}$' })
export const IdParams = strictObject({ id: Id })

export const UsernameParams = strictObject({ username: Type.String({ minLength: 1, maxLength: 255 }) })
