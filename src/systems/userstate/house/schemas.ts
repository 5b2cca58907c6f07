/** Pieces of the API's schemas that several subjects share. */
import { errorResponses } from '../../../platform/http/openapi.ts'
import { userstateErrors } from '../errors.ts'

/** The refusals of a route, for `schema.response`: `{ 200: WalletAnswer, ...refusals('not_found') }`. */
export const refusals = errorResponses(userstateErrors)
