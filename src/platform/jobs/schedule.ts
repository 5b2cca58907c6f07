/** Schedules as crontab(5) writes them; without the queue's code, for every command checks its configuration. */

/** What clock and calendar show. */
export interface Digest {
  readonly min: number
  readonly hour: number
  readonly date: number
  readonly month: number
  /** 0 is Sunday. */
  readonly dow: number
}

/**
 * "minute hour day-of-month month day-of-week": numbers, `*`, ranges "1-5", both with steps ("every 15th"), commas
 * between them. Sunday is 0 and 7. Where days of both kinds are named, one of them is enough.
 * @throws RangeError that says what is wrong.
 */
export function readSchedule(schedule: string): (digest: Digest) => boolean {
  const [minute = '', hour = '', date = '', month = '', weekday = '', ...more] = schedule.split(/\s+/)
  if (weekday === '' || more.length > 0)
    throw new RangeError('needs five fields: minute hour day-of-month month day-of-week')
  const minutes = readField('minute', minute, 0, 59)
  const hours = readField('hour', hour, 0, 23)
  const dates = readField('day of the month', date, 1, 31)
  const months = readField('month', month, 1, 12)
  const weekdays = new Set([...readField('day of the week', weekday, 0, 7)].map((day) => day % 7))
  const namesBoth = dates.size < 31 && weekdays.size < 7
  return (at) => {
    if (!minutes.has(at.min) || !hours.has(at.hour) || !months.has(at.month)) return false
    const [onDate, onWeekday] = [dates.has(at.date), weekdays.has(at.dow)]
    return namesBoth ? onDate || onWeekday : onDate && onWeekday
  }
}

const PART = /^(?:(?<one>\d+)|(?:\*|(?<from>\d+)-(?<to>\d+))(?:\/(?<step>[1-9]\d*))?)$/

function readField(what: string, text: string, min: number, max: number): ReadonlySet<number> {
  const numbers = new Set<number>()
  for (const part of text.split(',')) {
    const { groups } = PART.exec(part) ?? {}
    const first = Number(groups?.one ?? groups?.from ?? min)
    const last = Number(groups?.one ?? groups?.to ?? max)
    if (!groups || first < min || last > max || first > last)
      throw new RangeError(`"${part}" is no ${what}: they go from ${min} to ${max}`)
    for (let number = first; number <= last; number += Number(groups.step ?? 1)) numbers.add(number)
  }
  return numbers
}
