import { isWhole, type Money } from '../kernel/money.ts'

/** No payment comes near it, and a JSON number keeps it exactly. */
export const MAX_WHOLE = 1_000_000_000_000

/**
 * Whole rupiah for the wire: a gateway's amounts are JSON integers.
 * @throws RangeError where the amount has a fraction, is not positive or is beyond any payment
 */
export function toWhole(amount: Money<'IDR'>): number {
  const whole = amount / 100n
  if (!isWhole('IDR', amount) || whole <= 0n || whole > BigInt(MAX_WHOLE)) {
    throw new RangeError(`${amount} minor units are not a payable amount of whole rupiah`)
  }
  return Number(whole)
}
