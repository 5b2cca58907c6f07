/**
 * Money is a bigint of minor units, branded with its currency, so that rupiah cannot be added to rupees and a
 * float can never stand for an amount. JSON and numeric(15,2) columns carry it as a decimal string.
 */
import type { Brand } from './brand.ts'

/** Minor digits of each currency that a documented column uses (numeric(15,2): two). */
const SCALE = { IDR: 2, INR: 2 } as const

export type Currency = keyof typeof SCALE
export type Money<C extends Currency = Currency> = Brand<bigint, C>
/** What PostgreSQL answers for numeric columns: "30520.00". */
export type Decimal = Brand<string, 'Decimal'>

/** Money of that many minor units. */
export function money<C extends Currency>(_currency: C, minor: bigint): Money<C> {
  return minor as Money<C>
}

/** Money of that many whole units: `wholeMoney('IDR', 30_520)` is Rp 30.520. */
export function wholeMoney<C extends Currency>(currency: C, whole: bigint | number): Money<C> {
  return money(currency, BigInt(whole) * 10n ** BigInt(SCALE[currency]))
}

/**
 * Reads "30520", "30520.5" or "30520.00" exactly.
 * @throws RangeError where the text is no amount, or has more digits than the currency keeps.
 */
export function parseMoney<C extends Currency>(currency: C, text: string): Money<C> {
  const scale = SCALE[currency]
  const match = /^(-?)(\d{1,15})(?:\.(\d+))?$/.exec(text)
  const fraction = match?.[3] ?? ''
  if (!match || fraction.slice(scale).replaceAll('0', '') !== '') {
    throw new RangeError(`"${text}" is not an amount in ${currency}`)
  }
  const minor = BigInt(`${match[2]}${fraction.slice(0, scale).padEnd(scale, '0')}`)
  return money(currency, match[1] === '-' ? -minor : minor)
}

/** "30520.00": exact, for JSON and numeric columns. */
export function formatMoney<C extends Currency>(currency: C, amount: Money<C>): Decimal {
  const scale = SCALE[currency]
  const digits = (amount < 0n ? -amount : amount).toString().padStart(scale + 1, '0')
  return `${amount < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}` as Decimal
}

/** "Rp 30.520" or "Rp 30.520,50": for people, as Indonesians write it. */
export function rupiah(amount: Money<'IDR'>): string {
  const [whole = '0', fraction = '00'] = formatMoney('IDR', amount).split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, '.')
  const sign = grouped.startsWith('-') ? '-' : ''
  return `${sign}Rp ${grouped.slice(sign.length)}${fraction === '00' ? '' : `,${fraction}`}`
}

/** True where the amount has no fraction of a whole unit. */
export function isWhole<C extends Currency>(currency: C, amount: Money<C>): boolean {
  return amount % 10n ** BigInt(SCALE[currency]) === 0n
}
