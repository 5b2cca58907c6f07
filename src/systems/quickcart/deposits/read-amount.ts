import { type Money, wholeMoney } from '../../../kernel/money.ts'

const AMOUNT = /^(?:rp\.?\s*)?(\d{1,12}|\d{1,3}(?:[.,\s]\d{3}){1,3})(?:,00|,-)?\s*(rb|ribu|k|jt|juta)?$/i
const TIMES: Readonly<Record<string, bigint>> = {
  rb: 1_000n,
  ribu: 1_000n,
  k: 1_000n,
  jt: 1_000_000n,
  juta: 1_000_000n,
}

/** Rupiah as people type them: "75000", "75.000", "Rp 75.000,-", "75rb", "1 juta"; undefined for anything else. */
export function readAmount(text: string): Money<'IDR'> | undefined {
  const [, digits, word = ''] = AMOUNT.exec(text.trim()) ?? []
  if (digits === undefined) return undefined
  return wholeMoney('IDR', BigInt(digits.replace(/\D/g, '')) * (TIMES[word.toLowerCase()] ?? 1n))
}
