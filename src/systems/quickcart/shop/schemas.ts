/** Pieces of the API's schemas that several subjects share. */
import { Type } from 'typebox'
import { errorResponses } from '../../../platform/http/openapi.ts'
import { quickcartErrors } from '../errors.ts'

/** The refusals of a route, for `schema.response`: `{ 200: OrderAnswer, ...refusals('order_not_found') }`. */
export const refusals = errorResponses(quickcartErrors)

import { strictObject } from '../../../platform/http/schemas.ts'

export const Invoice = Type.String({
  pattern: '^(TRX|DEP)[0-9]{8}[A-Z0-9]{6}$',
  examples: ['TRX20260815K7Q2ZD'],
})

export const InvoiceParams = strictObject({ invoice: Invoice })

export const ProductId = Type.Integer({ minimum: 1, maximum: 2_147_483_647 })

/** What a webhook is answered once it is stored. */
export const Accepted = Type.Object({ ok: Type.Boolean() })
