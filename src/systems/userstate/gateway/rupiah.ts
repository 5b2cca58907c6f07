/** Gateways count hundredths of a rupiah, wallets whole ones. */
import { type Money, money } from '../../../kernel/money.ts'

/** Half a rupiah and more is one: only the gateway's fees have fractions. */
export function toRupiah(amount: bigint): bigint {
  return (amount + 50n) / 100n
}

export function toMoney(rupiah: number): Money<'IDR'> {
  return money('IDR', BigInt(rupiah) * 100n)
}
