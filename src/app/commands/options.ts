/** What several commands read from their words. */
import { Refusal } from './refusal.ts'

/** `--limit`. @throws Refusal */
export function limitOption(text: string): number {
  const limit = Number(text)
  if (!Number.isInteger(limit) || limit < 1 || limit > 10_000) {
    throw new Refusal('--limit takes a whole number from 1 to 10000')
  }
  return limit
}

/** `--days`. @throws Refusal */
export function daysOption(text: string): number {
  const days = Number(text)
  if (!Number.isInteger(days) || days < 1 || days > 36_500) {
    throw new Refusal('--days takes a whole number from 1 to 36500')
  }
  return days
}

/** The number of an event or a job. @throws Refusal */
export function eventNumber(text: string): bigint {
  if (!/^\d{1,18}$/.test(text)) throw new Refusal(`"${text}" is not a number as the list prints them`)
  return BigInt(text)
}
