import { type Money, wholeMoney } from '../../../kernel/money.ts'

/** One row of the gateway's price list. */
export interface TariffRow {
  /** The row holds for amounts up to and including this many rupiah; null for all that remain. */
  readonly upTo: number | null
  readonly perMille: number
  readonly fixed: number
  readonly rounding: 'floor' | 'half_up' | 'ceil'
}

/** The documented formula (QuickCart, section 2): floor(amount * 7 / 1000) + 310. */
export const DEFAULT_TARIFF: readonly TariffRow[] = [
  { upTo: null, perMille: 7, fixed: 310, rounding: 'floor' },
]

/**
 * The fee on top of a net amount, in exact integer arithmetic.
 * @param deviation whole rupiah added in the end: a gateway that rounds by a rule of its own
 */
export function feeOf(amount: Money<'IDR'>, tariff: readonly TariffRow[], deviation = 0): Money<'IDR'> {
  const whole = amount / 100n
  const row = tariff.find(({ upTo }) => upTo === null || whole <= BigInt(upTo))
  if (!row) throw new RangeError(`the tariff has no row for ${whole} rupiah`)
  const raise = { floor: 0n, half_up: 500n, ceil: 999n }[row.rounding]
  const share = (whole * BigInt(row.perMille) + raise) / 1000n
  return wholeMoney('IDR', share + BigInt(row.fixed) + BigInt(deviation))
}
