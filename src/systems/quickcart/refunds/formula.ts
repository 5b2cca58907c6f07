/** The refund formula as admins write it: "30|0.8|0.7|0.6|0.5|0.4" (QuickCart, §7.3 /setformula). */
export interface RefundFormula {
  /** After so many days nothing is paid back. */
  readonly days: number
  /** In the first week, later; after 1-2 warranty claims, after 3, after more. */
  readonly multipliers: number[]
}

const FORMULA = /^(\d{1,4})((?:\|(?:0(?:\.\d{1,2})?|1(?:\.0{1,2})?)){5})$/
const MAX_DAYS = 3650

/** Undefined where it is none: every multiplier is above 0, at most 1, and has two decimals. */
export function readFormula(text: string): RefundFormula | undefined {
  const [, days = '', rest = ''] = FORMULA.exec(text.replace(/\s/g, '').replaceAll(',', '.')) ?? []
  const multipliers = rest.split('|').slice(1).map(Number)
  const isValid = multipliers.length === 5 && multipliers.every((multiplier) => multiplier > 0)
  return isValid && Number(days) >= 1 && Number(days) <= MAX_DAYS
    ? { days: Number(days), multipliers }
    : undefined
}

export function formulaText({ days, multipliers }: RefundFormula): string {
  return [days, ...multipliers].join('|')
}
