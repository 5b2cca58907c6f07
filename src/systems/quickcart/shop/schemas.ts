/** Pieces of the API's schemas that several subjects share. */
import { Type } from 'typebox'
import { strictObject } from '../../../platform/http/schemas.ts'

export const Invoice = Type.String({
  pattern: '^(TRX|DEP)[0-9]{8}[A-Z0-9]{6}$',
  examples: ['TRX20260815K7Q2ZD'],
})

export const InvoiceParams = strictObject({ invoice: Invoice })

export const ProductId = Type.Integer({ minimum: 1, maximum: 2_147_483_647 })
