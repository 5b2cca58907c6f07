/** Gateways count hundredths of a rupiah, wallets whole ones. */
import { type Money, money } from '../../../kernel/money.ts'

/** Half a rupiah and more is one: only the gateway's fees have fractions. Below zero is a balance that was overdrawn. */
export function toRupiah(amount: bigint): bigint {
  const up = amount + 50n
  // Division goes towards zero, and would make less of a debt.
  return up / 100n - (up % 100n < 0n ? 1n : 0n)
}

export function toMoney(rupiah: number): Money<'IDR'> {
  return money('IDR', BigInt(rupiah) * 100n)
}
