/** Amounts as UserState counts them: whole rupiah, and points with at most two decimals. */
import { Type } from 'typebox'
import { invalidFields } from '../../../platform/http/validation.ts'
import { MOST_RUPIAH } from '../settings.ts'

/** "12500": whole rupiah above zero, in requests; read it with `readRupiah`. */
export const RupiahInput = Type.String({ pattern: '^[1-9][0-9]{0,9}$', examples: ['12500'] })

/** "12500", in answers. */
export const Rupiah = Type.String({ pattern: '^-?[0-9]+$', examples: ['12500'] })

/** "50" or "12.5", in answers. */
export const Points = Type.String({ pattern: '^[0-9]+([.][0-9]{1,2})?$', examples: ['12.5'] })

/** "50" or "12.5", above zero, in requests. */
export const PointsInput = Type.String({
  pattern: '^(0[.](0[1-9]|[1-9][0-9]?)|[1-9][0-9]{0,8}([.][0-9]{1,2})?)$',
  examples: ['12.5'],
})

/** @throws validation_failed for more than the documented columns hold */
export function readRupiah(text: string, field = 'amount'): number {
  const amount = Number(text)
  if (amount <= MOST_RUPIAH) return amount
  throw invalidFields([{ field, reason: `must not exceed ${MOST_RUPIAH}` }])
}

/** "Rp 12.500": for people. */
export function rupiah(amount: bigint | number): string {
  const digits = String(amount).replace(/\B(?=(\d{3})+(?!\d))/g, '.')
  return digits.startsWith('-') ? `-Rp ${digits.slice(1)}` : `Rp ${digits}`
}

/** Hundredths of a point → "12.5". */
export function points(hundredths: bigint): string {
  const digits = String(hundredths < 0n ? -hundredths : hundredths).padStart(3, '0')
  const fraction = digits.slice(-2).replace(/0+$/, '')
  return `${hundredths < 0n ? '-' : ''}${digits.slice(0, -2)}${fraction === '' ? '' : `.${fraction}`}`
}
