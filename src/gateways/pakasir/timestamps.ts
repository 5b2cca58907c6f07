const TIMESTAMP = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,12}))?\s?(Z|[+-]\d{2}:?\d{2})?$/i

/**
 * Reads the gateway's timestamps: "2025-09-19T01:18:49.678622564Z" with nanoseconds,
 * "2024-09-10T08:07:02.819+07:00" with Jakarta's offset. Digits below a millisecond are cut off; a time without
 * a zone is the gateway's wall clock, which is Jakarta's.
 * @returns undefined where the text is no instant
 */
export function parseTimestamp(text: string): Date | undefined {
  const match = TIMESTAMP.exec(text.trim())
  if (!match) return undefined
  const [, day, time, fraction = '', zone = '+07:00'] = match
  const offset = /^z$/i.test(zone) ? 'Z' : zone.replace(/^(...):?(..)$/, '$1:$2')
  const instant = new Date(`${day}T${time}.${fraction.slice(0, 3).padEnd(3, '0')}${offset}`)
  return Number.isNaN(instant.getTime()) ? undefined : instant
}
